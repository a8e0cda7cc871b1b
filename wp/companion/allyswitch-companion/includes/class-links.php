<?php
/**
 * Sets contact IDs.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * A few links at a time are looked at together, written one by one through AccessAlly, and read back together: so each costs two queries instead of five. One that
 * fails does not stop the others.
 */
final class Links {
	/** So many at a time: few, so that hardly anybody else can write between the look and the write. */
	const CHUNK = 50;

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
				foreach ( array_chunk( $links, self::CHUNK ) as $chunk ) {
					$results = array_merge( $results, Quiet::is_late() ? self::left( $chunk ) : self::some( $chunk, $users, $dry ) );
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

	/** What no time was left for. */
	private static function left( array $links ) {
		return array_map(
			static function ( $link ) {
				return self::result( $link, 'left', null, null );
			},
			$links
		);
	}

	/** A few links: their results, in order. */
	private static function some( array $links, array $users, $dry ) {
		$ids     = array_values( array_intersect( array_map( 'intval', array_column( $links, 'user_id' ) ), array_keys( $users ) ) );
		$results = array();
		$written = array();
		Users::look_again( $ids );
		foreach ( $links as $i => $link ) {
			$late          = Quiet::is_late();
			$results[ $i ] = $late ? self::result( $link, 'left', null, null ) : self::judge( $link, isset( $users[ $link['user_id'] ] ) );
			if ( ! $dry && 'set' === $results[ $i ]['result'] ) {
				$written[ $i ] = self::write( $link );
			}
		}
		$results = self::verify( $links, $written, $results );
		Users::forget( $ids );
		return $results;
	}

	/** What is to be done with a link: "set" for those that can be written. */
	private static function judge( array $link, $exists ) {
		$before = $exists ? Ally::contact_id( (int) $link['user_id'] ) : null;
		if ( null === $before ) {
			return self::result( $link, $exists ? 'unreadable' : 'not_found', null, null );
		}
		$wanted = (string) $link['contact_id'];
		if ( $before === $wanted ) {
			return self::result( $link, 'already', $before, $before );
		}
		$changed = isset( $link['expected'] ) && $link['expected'] !== $before;
		return self::result( $link, $changed ? 'changed' : 'set', $before, $changed ? $before : $wanted );
	}

	/** Writes, and answers what went wrong, "" for nothing. */
	private static function write( array $link ) {
		Ally::call( Probe::through( 'set_contact_ids' ), (int) $link['user_id'], (string) $link['contact_id'] );
		return Ally::failure();
	}

	/** Reads back what was written: only what is there then is "set". */
	private static function verify( array $links, array $written, array $results ) {
		Users::look_again( array_map( 'intval', array_column( array_intersect_key( $links, $written ), 'user_id' ) ) );
		foreach ( $written as $i => $failure ) {
			$before = $results[ $i ]['before'];
			$after  = Ally::contact_id( (int) $links[ $i ]['user_id'] );
			if ( (string) $links[ $i ]['contact_id'] !== $after ) {
				$results[ $i ] = self::result( $links[ $i ], '' === $failure ? 'unverified' : 'failed', $before, $after ) + ( '' === $failure ? array() : array( 'message' => $failure ) );
			}
		}
		return $results;
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
