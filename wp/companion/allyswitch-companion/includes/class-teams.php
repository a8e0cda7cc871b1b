<?php
/**
 * Reads who leads and who is in a legacy team.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * The keys of user meta alone say it; what stands under them is not looked at. A site that has no such key may keep its teams elsewhere: then it is not known.
 */
final class Teams {
	/**
	 * The capability's line.
	 *
	 * @return array
	 */
	public static function capability() {
		return self::rows( 0, 1 ) ? Probe::found( 'user meta accessally_team_*', array() ) : Probe::found( null, array( 'user meta accessally_team_*' ) );
	}

	/**
	 * A page, by the key of the row.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array|\WP_Error
	 */
	public static function page( $request ) {
		$line = self::capability();
		if ( ! $line['available'] ) {
			return Probe::unavailable( $line['missing'] );
		}
		$limit = (int) $request['limit'];
		$rows  = self::rows( (int) $request['after'], $limit );
		$teams = array();
		foreach ( $rows as list( , $user, $email, $key ) ) {
			if ( preg_match( Known::TEAM_META, $key, $parts ) ) {
				$teams[] = array(
					'user_id' => (int) $user,
					'email'   => null === $email ? '' : $email,
					'part'    => 'admin' === $parts[1] ? 'leader' : 'member',
					'team'    => $parts[2],
				);
			}
		}
		return array(
			'people'  => $teams,
			'next'    => count( $rows ) === $limit ? (int) end( $rows )[0] : null,
			'through' => 'user meta accessally_team_*',
		);
	}

	/** Rows of user meta: key of the row, user, address, name. */
	private static function rows( $after, $limit ) {
		global $wpdb;
		$sql = "SELECT m.umeta_id, m.user_id, u.user_email, m.meta_key FROM {$wpdb->usermeta} m LEFT JOIN {$wpdb->users} u ON u.ID = m.user_id
			WHERE m.umeta_id > %d AND ( m.meta_key LIKE %s OR m.meta_key LIKE %s ) ORDER BY m.umeta_id LIMIT %d";
		return $wpdb->get_results( $wpdb->prepare( $sql, $after, $wpdb->esc_like( 'accessally_team_admin_' ) . '%', $wpdb->esc_like( 'accessally_team_child_' ) . '%', $limit ), ARRAY_N ); // phpcs:ignore WordPress.DB.PreparedSQL
	}
}
