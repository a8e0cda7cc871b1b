<?php
/**
 * Sets contact IDs.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Each link is looked at, written and read back by itself: one that fails does not stop the others.
 */
final class Links {
	/**
	 * Sets the contact IDs of a request.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array|\WP_Error
	 */
	public static function set( $request ) {
		$links   = (array) $request['links'];
		$refusal = self::refusal( $links );
		if ( $refusal ) {
			return $refusal;
		}
		$dry    = (bool) $request['dry_run'];
		$answer = Quiet::work(
			$request,
			static function () use ( $links, $dry ) {
				$users   = Quiet::existing( array_column( $links, 'user_id' ) );
				$results = array();
				foreach ( $links as $link ) {
					$results[] = Quiet::is_late() ? self::result( $link, 'left', null, null ) : self::one( $link, isset( $users[ $link['user_id'] ] ), $dry );
				}
				return $results;
			}
		);
		return is_wp_error( $answer ) ? $answer : $answer + array( 'dry_run' => $dry );
	}

	/** Why nothing of this request can be done, or null. */
	private static function refusal( array $links ) {
		if ( count( $links ) > Routes::LIMITS['contact_ids'] ) {
			return Routes::too_many( Routes::LIMITS['contact_ids'] );
		}
		$missing = Probe::refusal( 'set_contact_ids' );
		$user    = Quiet::twice( array_column( $links, 'user_id' ), 'allyswitch_same_user_twice' );
		$contact = Quiet::twice( array_column( $links, 'contact_id' ), 'allyswitch_same_contact_twice' );
		return $missing ? $missing : ( $user ? $user : $contact );
	}

	/** One link. */
	private static function one( array $link, $exists, $dry ) {
		if ( ! $exists ) {
			return self::result( $link, 'not_found', null, null );
		}
		$wanted = (string) $link['contact_id'];
		$before = self::read( $link['user_id'] );
		if ( null === $before ) {
			return self::result( $link, 'unreadable', null, null );
		}
		if ( $before === $wanted ) {
			return self::result( $link, 'already', $before, $before );
		}
		if ( isset( $link['expected'] ) && $link['expected'] !== $before ) {
			return self::result( $link, 'changed', $before, $before );
		}
		return $dry ? self::result( $link, 'set', $before, $wanted ) : self::write( $link, $before );
	}

	/** Writes and reads back. */
	private static function write( array $link, $before ) {
		Ally::call( Probe::through( 'set_contact_ids' ), (int) $link['user_id'], (string) $link['contact_id'] );
		$failure = Ally::failure();
		$after   = self::read( $link['user_id'] );
		if ( $after === (string) $link['contact_id'] ) {
			return self::result( $link, 'set', $before, $after );
		}
		return self::result( $link, '' === $failure ? 'unverified' : 'failed', $before, $after ) + ( '' === $failure ? array() : array( 'message' => $failure ) );
	}

	/**
	 * A user's contact ID as it is in the database now.
	 *
	 * @param int $user_id The user.
	 * @return string|null
	 */
	public static function read( $user_id ) {
		Users::forget( array( (int) $user_id ) );
		return Ally::contact_id( (int) $user_id );
	}

	/** One result. */
	private static function result( array $link, $result, $before, $after ) {
		return array(
			'user_id' => (int) $link['user_id'],
			'result'  => $result,
			'before'  => $before,
			'after'   => $after,
		);
	}
}
