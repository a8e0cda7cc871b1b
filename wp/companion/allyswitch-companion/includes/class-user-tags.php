<?php
/**
 * Which tags users have.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * By AccessAlly's function where there is one; else from the place where that version keeps them.
 */
final class User_Tags {
	/**
	 * Where tags can be read without a function: a usermeta key before 4.0, a table from 4.0. Null when neither is understood.
	 *
	 * @return string|null
	 */
	public static function place() {
		if ( self::columns() && Probe::through( 'read_contact_ids' ) ) {
			return 'table ' . self::table();
		}
		global $wpdb;
		$found = $wpdb->get_var( $wpdb->prepare( "SELECT umeta_id FROM {$wpdb->usermeta} WHERE meta_key = %s LIMIT 1", Known::TAGS_META ) );
		return $found ? 'usermeta ' . Known::TAGS_META : null;
	}

	/**
	 * The tags of these users: ID => list, or null where not known.
	 *
	 * @param int[] $ids      Users.
	 * @param array $contacts Their contact IDs, by user ID.
	 * @return array
	 */
	public static function of( array $ids, array $contacts ) {
		$through = (string) Probe::through( 'read_tags' );
		if ( false !== strpos( $through, '::' ) ) {
			return self::by_function( $through, $ids );
		}
		if ( 0 === strpos( $through, 'usermeta ' ) ) {
			return self::by_meta( $ids );
		}
		return '' === $through ? array() : self::by_table( $contacts );
	}

	/** Asks AccessAlly about each. */
	private static function by_function( $through, array $ids ) {
		$tags = array();
		foreach ( $ids as $id ) {
			$tags[ $id ] = Ally::tags( $through, $id );
		}
		return $tags;
	}

	/** Reads the usermeta of before 4.0. Who has none there is not known: AccessAlly may never have looked. */
	private static function by_meta( array $ids ) {
		$tags = array();
		foreach ( Users::meta( $ids, array( Known::TAGS_META ) ) as $id => $meta ) {
			$value       = isset( $meta[ Known::TAGS_META ] ) ? Value::php( $meta[ Known::TAGS_META ][0] ) : null;
			$tags[ $id ] = is_array( $value ) && isset( $value['ids'] ) ? Value::tag_ids( $value['ids'] ) : null;
		}
		return $tags;
	}

	/** Reads the table of 4.0. A contact without a row is not known. */
	private static function by_table( array $contacts ) {
		global $wpdb;
		$columns = self::columns();
		$named   = array_filter( $contacts, 'strlen' );
		$system  = isset( $columns['system'] ) ? Ally::system() : null;
		if ( ! $named || ( isset( $columns['system'] ) && null === $system ) ) {
			return array();
		}
		$sql   = "SELECT `{$columns['contact']}`, `{$columns['tags']}` FROM `" . self::table() . "` WHERE `{$columns['contact']}` IN (" . implode( ',', array_fill( 0, count( $named ), '%s' ) ) . ')';
		$given = array_values( $named );
		if ( null !== $system ) {
			$sql    .= " AND `{$columns['system']}` = %s";
			$given[] = $system;
		}
		$rows = $wpdb->get_results( $wpdb->prepare( $sql, $given ), ARRAY_N ); // phpcs:ignore WordPress.DB.PreparedSQL -- the names are the database's own.
		return self::by_user( $named, self::gather( $rows, 1 === preg_match( '/id$/i', $columns['tags'] ) ) );
	}

	/** Puts rows together by contact: a tag a row, or a list a row. */
	private static function gather( array $rows, $one_each ) {
		$lists = array();
		foreach ( $rows as $row ) {
			$found = $one_each ? array( (string) $row[1] ) : Value::tag_ids_in_text( $row[1] );
			$had   = isset( $lists[ $row[0] ] ) ? $lists[ $row[0] ] : array();
			$lists[ $row[0] ] = null === $found ? null : array_merge( $had, $found );
		}
		return array_map( array( Value::class, 'tag_ids' ), $lists );
	}

	/** From contacts back to users. */
	private static function by_user( array $contacts, array $lists ) {
		$tags = array();
		foreach ( $contacts as $id => $contact ) {
			$tags[ $id ] = isset( $lists[ $contact ] ) ? $lists[ $contact ] : null;
		}
		return $tags;
	}

	/** The table's full name. */
	private static function table() {
		global $wpdb;
		return $wpdb->prefix . Known::TAGS_TABLE;
	}

	/** The table's columns by what they hold, or an empty list when that is not plain from their names. */
	private static function columns() {
		$columns = Tables::pick(
			self::table(),
			array(
				'contact' => '/^(crm_)?contact_?id$/i',
				'tags'    => '/^(crm_)?tags?(_?ids?)?$/i',
				'system'  => '/^(crm_)?system$/i',
			)
		);
		return isset( $columns['contact'], $columns['tags'] ) ? $columns : array();
	}
}
