<?php
/**
 * A cheap sign of whether anything about the users has changed.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Check sums that the database works out by itself.
 */
final class Change_Mark {
	/**
	 * The mark.
	 *
	 * @return array
	 */
	public static function answer() {
		global $wpdb;
		$newest = (array) $wpdb->get_row( "SELECT MAX(ID), MAX(user_registered) FROM {$wpdb->users}", ARRAY_N ) + array( 0, '' );
		return array(
			'users'             => Users::count(),
			'newest_user'       => (int) $newest[0],
			'newest_registered' => (string) $newest[1],
			'accounts'          => self::sum( $wpdb->users, array( 'ID', 'user_login', 'user_email', 'user_registered', 'display_name' ), '1 = 1' ),
			'names'             => self::sum( $wpdb->usermeta, array( 'user_id', 'meta_key', 'meta_value' ), $wpdb->prepare( 'meta_key IN (%s, %s, %s)', 'first_name', 'last_name', $wpdb->get_blog_prefix() . 'capabilities' ) ),
			'accessally'        => self::ally(),
		);
	}

	/** The sum over what AccessAlly keeps by user, or null when it keeps nothing that can be seen. */
	private static function ally() {
		global $wpdb;
		$where = "meta_key LIKE '%accessally%' OR meta_key LIKE 'aal\\_%' OR meta_key LIKE '\\_aal\\_%'";
		$sums  = array();
		if ( $wpdb->get_var( "SELECT umeta_id FROM {$wpdb->usermeta} WHERE $where LIMIT 1" ) ) { // phpcs:ignore WordPress.DB.PreparedSQL
			$sums[] = self::sum( $wpdb->usermeta, array( 'user_id', 'meta_key', 'meta_value' ), $where );
		}
		$table   = $wpdb->prefix . Known::TAGS_TABLE;
		$columns = Tables::all();
		if ( isset( $columns[ $table ] ) ) {
			$sums[] = self::sum( $table, preg_grep( '/^\w+$/', $columns[ $table ] ), '1 = 1' );
		}
		return $sums ? implode( '-', $sums ) : null;
	}

	/** A sum that does not depend on the order of rows. The names are the database's own. */
	private static function sum( $table, array $columns, $where ) {
		global $wpdb;
		$row = 'CONCAT_WS(CHAR(31), ' . implode( ', ', array_map( static function ( $column ) {
			return "COALESCE(`$column`, CHAR(30))";
		}, $columns ) ) . ')';
		$sum = $wpdb->get_row( "SELECT COALESCE(BIT_XOR(CRC32($row)), 0), COUNT(*) FROM `$table` WHERE $where", ARRAY_N ); // phpcs:ignore WordPress.DB.PreparedSQL
		return $sum ? sprintf( '%08x%x', $sum[0], $sum[1] ) : '';
	}
}
