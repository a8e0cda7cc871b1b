<?php
/**
 * Asks AccessAlly to fetch users anew from the CRM.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * One after another, since each may cost a request to the CRM.
 */
final class Refresh {
	/**
	 * Refreshes the users of a request.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array|\WP_Error
	 */
	public static function users( $request ) {
		$ids = array_values( array_unique( (array) $request['ids'] ) );
		if ( count( $ids ) > Routes::LIMITS['refresh'] ) {
			return Routes::too_many( Routes::LIMITS['refresh'] );
		}
		$refusal = Probe::refusal( 'refresh_users' );
		if ( $refusal ) {
			return $refusal;
		}
		$keep = (bool) $request['keep_passwords'];
		return Quiet::work(
			$request,
			static function () use ( $ids, $keep ) {
				$users   = Quiet::existing( $ids );
				$results = array();
				foreach ( $ids as $id ) {
					$results[] = array( 'user_id' => $id ) + self::one( $id, isset( $users[ $id ] ), $keep );
				}
				return $results;
			}
		);
	}

	/**
	 * What is known of a user now: contact ID and tags.
	 *
	 * @param int $id The user.
	 * @return array
	 */
	public static function look( $id ) {
		Users::forget( array( $id ) );
		$contact = Ally::contact_id( $id );
		$tags    = User_Tags::of( array( $id ), array( $id => $contact ) );
		return array( $contact, isset( $tags[ $id ] ) ? $tags[ $id ] : null );
	}

	/** One user. */
	private static function one( $id, $exists, $keep ) {
		if ( ! $exists ) {
			return array( 'result' => 'not_found' );
		}
		if ( Quiet::is_late() ) {
			return array( 'result' => 'left' );
		}
		$before = self::look( $id );
		if ( '' === $before[0] ) {
			return self::result( 'no_contact', $before, $before, false );
		}
		$password = self::password( $id );
		Ally::call( Probe::through( 'refresh_users' ), $id );
		$failure = Ally::failure();
		$after   = self::look( $id );
		$changed = self::password( $id ) !== $password;
		if ( $changed && $keep ) {
			self::put_back( $id, $password );
		}
		if ( '' !== $failure ) {
			return self::result( 'failed', $before, $after, $changed ) + array( 'message' => $failure );
		}
		return self::result( null === $after[1] ? 'unverified' : 'refreshed', $before, $after, $changed );
	}

	/** The stored hash; it is compared and put back, and never leaves. */
	private static function password( $id ) {
		global $wpdb;
		return (string) $wpdb->get_var( $wpdb->prepare( "SELECT user_pass FROM {$wpdb->users} WHERE ID = %d", $id ) );
	}

	/** Puts a hash back as it was. */
	private static function put_back( $id, $password ) {
		global $wpdb;
		$wpdb->update( $wpdb->users, array( 'user_pass' => $password ), array( 'ID' => $id ) );
		clean_user_cache( $id );
	}

	/** One result. */
	private static function result( $result, array $before, array $after, $changed ) {
		return array(
			'result'           => $result,
			'contact_id'       => array(
				'before' => $before[0],
				'after'  => $after[0],
			),
			'tags'             => array(
				'before' => $before[1],
				'after'  => $after[1],
			),
			'password_changed' => $changed,
		);
	}
}
