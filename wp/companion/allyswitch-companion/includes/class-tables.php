<?php
/**
 * Which tables AccessAlly has, and what their columns are called.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Looks at names only.
 */
final class Tables {
	/**
	 * The tables of AccessAlly and its sisters: name => columns.
	 *
	 * @return array
	 */
	public static function all() {
		static $tables = null;
		if ( null !== $tables ) {
			return $tables;
		}
		global $wpdb;
		$tables = array();
		foreach ( $wpdb->get_col( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $wpdb->prefix ) . '%' ) ) as $table ) {
			if ( preg_match( '/^(aal_|accessally|progressally|communityally|pa_(user|post|event))/i', substr( $table, strlen( $wpdb->prefix ) ) ) && preg_match( '/^\w+$/', $table ) ) {
				$tables[ $table ] = $wpdb->get_col( "SHOW COLUMNS FROM `$table`" ); // phpcs:ignore WordPress.DB.PreparedSQL -- the name is the database's own.
			}
		}
		return $tables;
	}

	/**
	 * Finds columns by their names: what => column.
	 *
	 * @param string $table The table.
	 * @param array  $wanted What => pattern.
	 * @return array
	 */
	public static function pick( $table, array $wanted ) {
		$all   = self::all();
		$found = array();
		foreach ( $wanted as $what => $pattern ) {
			foreach ( isset( $all[ $table ] ) ? $all[ $table ] : array() as $column ) {
				if ( ! isset( $found[ $what ] ) && preg_match( $pattern, $column ) && preg_match( '/^\w+$/', $column ) ) {
					$found[ $what ] = $column;
				}
			}
		}
		return $found;
	}

	/**
	 * The column of whole numbers by which a table can be read in pages, or null.
	 *
	 * @param string $table The table.
	 * @return string|null
	 */
	public static function key( $table ) {
		global $wpdb;
		$keys = array();
		foreach ( $wpdb->get_results( "SHOW COLUMNS FROM `$table`", ARRAY_A ) as $column ) { // phpcs:ignore WordPress.DB.PreparedSQL -- the name is the database's own.
			if ( 'PRI' === $column['Key'] ) {
				$keys[ $column['Field'] ] = $column['Type'];
			}
		}
		return 1 === count( $keys ) && preg_match( '/int/i', reset( $keys ) ) ? key( $keys ) : null;
	}
}
