<?php
/**
 * Writes one at a time, without a sound.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * While something is written, nobody else writes through the companion, and WordPress sends no mail.
 */
final class Quiet {
	/** After so many seconds what is left is left to the next request. */
	const SECONDS = 20;

	/**
	 * Mails that were kept from being sent.
	 *
	 * @var int
	 */
	private static $held = 0;

	/**
	 * When the work began.
	 *
	 * @var float
	 */
	private static $began = 0.0;

	/**
	 * Does the work, if nobody else is at it and the site's CRM is the one expected.
	 *
	 * @param \WP_REST_Request $request The request, with `system`.
	 * @param callable         $work    Answers a list of results, each with `result`.
	 * @return array|\WP_Error
	 */
	public static function work( $request, callable $work ) {
		$wrong = self::wrong_system( $request['system'] );
		if ( $wrong ) {
			return $wrong;
		}
		if ( ! self::lock() ) {
			return new \WP_Error( 'allyswitch_busy', 'Another request is writing. Try again in a moment.', array( 'status' => 409 ) );
		}
		self::$began = microtime( true );
		self::hold_mail();
		try {
			$results = $work();
		} finally {
			self::unlock();
		}
		return array(
			'results'         => $results,
			'counts'          => (object) array_count_values( array_column( $results, 'result' ) ),
			'mails_held_back' => self::$held,
		) + Routes::cost( self::$began );
	}

	/**
	 * Whether there is no time left in this request.
	 *
	 * @return bool
	 */
	public static function is_late() {
		return microtime( true ) - self::$began > self::SECONDS;
	}

	/**
	 * Which of these users exist: as a set.
	 *
	 * @param int[] $ids Users.
	 * @return array
	 * @throws \RuntimeException When the database does not tell.
	 */
	public static function existing( array $ids ) {
		global $wpdb;
		$sql = "SELECT ID FROM {$wpdb->users} WHERE ID IN (" . implode( ',', array_fill( 0, max( 1, count( $ids ) ), '%d' ) ) . ')';
		$there = $wpdb->get_col( $wpdb->prepare( $sql, $ids ? $ids : array( 0 ) ) ); // phpcs:ignore WordPress.DB.PreparedSQL
		if ( '' !== (string) $wpdb->last_error ) {
			throw new \RuntimeException( 'Who exists is not known.' ); // An empty list would say that nobody does.
		}
		return array_flip( array_map( 'intval', $there ) );
	}

	/**
	 * The error for a list that names something twice, or null.
	 *
	 * @param array  $items What is named; "" is not counted.
	 * @param string $code  The error's code.
	 * @return \WP_Error|null
	 */
	public static function twice( array $items, $code ) {
		$counts = array_count_values( array_map( 'strval', $items ) );
		unset( $counts[''] );
		$twice = array_map( 'strval', array_keys( array_filter( $counts, static function ( $count ) {
			return $count > 1;
		} ) ) );
		return $twice ? new \WP_Error( $code, 'The request names the same one twice. Nothing was written.', array( 'status' => 400, 'ids' => $twice ) ) : null;
	}

	/** The error for a site whose CRM is not the one expected. */
	private static function wrong_system( $expected ) {
		if ( null === $expected || '' === $expected ) {
			return null;
		}
		$system = Ally::system();
		return $system === $expected ? null : new \WP_Error( 'allyswitch_other_system', 'The CRM in AccessAlly is not the one expected. Nothing was written.', array( 'status' => 409, 'system' => $system ) );
	}

	/** A lock of the database's, which goes by itself when the request ends. Where there are none, expected values still guard. */
	private static function lock() {
		global $wpdb;
		return '0' !== $wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, 0)', self::name() ) );
	}

	/** Lets the next one in. */
	private static function unlock() {
		global $wpdb;
		$wpdb->get_var( $wpdb->prepare( 'SELECT RELEASE_LOCK(%s)', self::name() ) );
	}

	/** The lock's name: locks are the whole server's, so it has the site's in it. */
	private static function name() {
		global $wpdb;
		return 'allyswitch_' . md5( DB_NAME . $wpdb->prefix );
	}

	/** From here to the end of the request no mail is sent. */
	private static function hold_mail() {
		remove_all_filters( 'pre_wp_mail' );
		add_filter(
			'pre_wp_mail',
			static function () {
				self::$held++;
				return false;
			}
		);
	}
}
