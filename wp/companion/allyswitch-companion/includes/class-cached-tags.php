<?php
/**
 * Puts the site's copy of a user's tags back.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * The way back from a refresh.
 */
final class Cached_Tags {
	/**
	 * Puts back the tags of a request.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array|\WP_Error
	 */
	public static function restore( $request ) {
		$changes = (array) $request['changes'];
		if ( count( $changes ) > Routes::LIMITS['cached_tags'] ) {
			return Routes::too_many( Routes::LIMITS['cached_tags'] );
		}
		$missing = Probe::refusal( 'restore_cached_tags' );
		$twice   = Quiet::twice( array_column( $changes, 'user_id' ), 'allyswitch_same_user_twice' );
		if ( $missing || $twice ) {
			return $missing ? $missing : $twice;
		}
		return Quiet::work(
			$request,
			static function () use ( $changes ) {
				$users   = Quiet::existing( array_column( $changes, 'user_id' ) );
				$results = array();
				foreach ( $changes as $change ) {
					$results[] = array( 'user_id' => (int) $change['user_id'] ) + ( Quiet::is_late() ? self::result( 'left', null, null ) : self::one( $change, isset( $users[ $change['user_id'] ] ) ) );
				}
				return $results;
			}
		);
	}

	/** One user. */
	private static function one( array $change, $exists ) {
		if ( ! $exists ) {
			return self::result( 'not_found', null, null );
		}
		$wanted                = Value::tag_ids( array_map( 'strval', (array) $change['tags'] ) );
		list( $contact, $had ) = Refresh::look( (int) $change['user_id'] );
		$system                = Ally::system();
		if ( null === $contact || null === $had || null === $system ) {
			return self::result( 'unreadable', $had, $had );
		}
		if ( '' === $contact ) {
			return self::result( 'no_contact', $had, $had );
		}
		if ( self::same( $had, $wanted ) ) {
			return self::result( 'already', $had, $had );
		}
		if ( isset( $change['expected'] ) && ! self::same( $had, (array) $change['expected'] ) ) {
			return self::result( 'changed', $had, $had );
		}
		return self::write( (int) $change['user_id'], $contact, $wanted, $system, $had );
	}

	/** Writes and reads back. */
	private static function write( $id, $contact, array $wanted, $system, array $had ) {
		Ally::call( Probe::through( 'restore_cached_tags' ), $contact, $wanted, $system );
		$failure = Ally::failure();
		$after   = Refresh::look( $id )[1];
		if ( null !== $after && self::same( $after, $wanted ) ) {
			return self::result( 'set', $had, $after );
		}
		return self::result( '' === $failure ? 'unverified' : 'failed', $had, $after ) + ( '' === $failure ? array() : array( 'message' => $failure ) );
	}

	/** Whether two lists hold the same tags. */
	private static function same( array $one, array $other ) {
		$one   = array_map( 'strval', $one );
		$other = array_map( 'strval', $other );
		return ! array_diff( $one, $other ) && ! array_diff( $other, $one );
	}

	/** One result. */
	private static function result( $result, $before, $after ) {
		return array(
			'result' => $result,
			'before' => $before,
			'after'  => $after,
		);
	}
}
