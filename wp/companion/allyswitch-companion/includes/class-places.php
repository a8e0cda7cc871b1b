<?php
/**
 * The places in the database that hold settings with tags.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Reads names and sizes of a page of places first, then one value at a time, so that a heavy setting costs its own weight only.
 */
final class Places {
	/** For tables, `after` is the table's number times this, and the row's key. */
	const TABLE = 1000000000000;

	/**
	 * Options.
	 *
	 * @param int $after The last option seen.
	 * @param int $limit How many to look at.
	 * @return array
	 */
	public static function options( $after, $limit ) {
		global $wpdb;
		$sql = "SELECT option_id, option_name, 0 AS owner, LENGTH(option_value) FROM {$wpdb->options} WHERE option_id > %d AND " . self::ours( 'option_name' ) . ' ORDER BY option_id LIMIT %d';
		return self::read(
			$wpdb->get_results( $wpdb->prepare( $sql, $after, $limit ), ARRAY_N ), // phpcs:ignore WordPress.DB.PreparedSQL
			$limit,
			"SELECT option_value FROM {$wpdb->options} WHERE option_id = %d",
			static function ( $name ) {
				return array(
					'id'    => preg_match( '/_(\d+)$/', $name, $number ) ? (int) $number[1] : 0,
					'title' => '',
					'edit'  => 0 === strpos( $name, Known::OFFERING_OPTION ) ? admin_url( 'admin.php?page=_accessally_setting_wizard' ) : '',
				);
			}
		);
	}

	/**
	 * Post meta, without that of revisions.
	 *
	 * @param int $after The last meta seen.
	 * @param int $limit How many to look at.
	 * @return array
	 */
	public static function post_meta( $after, $limit ) {
		global $wpdb;
		$sql = "SELECT m.meta_id, m.meta_key, m.post_id, LENGTH(m.meta_value) FROM {$wpdb->postmeta} m JOIN {$wpdb->posts} p ON p.ID = m.post_id
			WHERE m.meta_id > %d AND p.post_type <> 'revision' AND " . self::ours( 'm.meta_key' ) . ' ORDER BY m.meta_id LIMIT %d';
		return self::read(
			$wpdb->get_results( $wpdb->prepare( $sql, $after, $limit ), ARRAY_N ), // phpcs:ignore WordPress.DB.PreparedSQL
			$limit,
			"SELECT meta_value FROM {$wpdb->postmeta} WHERE meta_id = %d",
			static function ( $name, $post ) {
				return self::post( $post );
			}
		);
	}

	/**
	 * Team settings in user meta.
	 *
	 * @param int $after The last meta seen.
	 * @param int $limit How many to look at.
	 * @return array
	 */
	public static function user_meta( $after, $limit ) {
		global $wpdb;
		$sql = "SELECT umeta_id, meta_key, user_id, LENGTH(meta_value) FROM {$wpdb->usermeta} WHERE umeta_id > %d AND meta_key LIKE %s ORDER BY umeta_id LIMIT %d";
		return self::read(
			$wpdb->get_results( $wpdb->prepare( $sql, $after, $wpdb->esc_like( 'accessally_team_' ) . '%', $limit ), ARRAY_N ), // phpcs:ignore WordPress.DB.PreparedSQL
			$limit,
			"SELECT meta_value FROM {$wpdb->usermeta} WHERE umeta_id = %d",
			static function ( $name, $user ) {
				return array(
					'id'    => $user,
					'title' => '',
					'edit'  => admin_url( "user-edit.php?user_id=$user" ),
				);
			}
		);
	}

	/**
	 * Columns for tags in tables of AccessAlly, but for the one that says who has which.
	 *
	 * @param int $after The last row seen.
	 * @param int $limit How many to look at.
	 * @return array
	 */
	public static function tables( $after, $limit ) {
		global $wpdb;
		$tables = self::tables_with_tags();
		$from   = intdiv( $after, self::TABLE );
		$answer = self::nothing();
		foreach ( array_slice( $tables, $from, 1 ) as $table => $columns ) {
			$key  = Tables::key( $table );
			if ( null === $key ) {
				$answer['unreadable'][] = self::unreadable( $table, 0, 'the table has no number to read it by' );
				continue;
			}
			$sql  = "SELECT `$key`, `" . implode( '`, `', $columns ) . "` FROM `$table` WHERE `$key` > %d ORDER BY `$key` LIMIT %d";
			$rows = $wpdb->get_results( $wpdb->prepare( $sql, $after % self::TABLE, $limit ), ARRAY_N ); // phpcs:ignore WordPress.DB.PreparedSQL
			foreach ( $rows as $row ) {
				self::row( $answer, $table, $columns, $row );
			}
			$answer['looked_at'] = count( $rows );
			if ( count( $rows ) === $limit ) {
				$answer['next'] = $from * self::TABLE + (int) end( $rows )[0];
				return $answer;
			}
		}
		$answer['next'] = $from + 1 < count( $tables ) ? ( $from + 1 ) * self::TABLE : null;
		return $answer;
	}

	/**
	 * What is said of a post that holds tags.
	 *
	 * @param int $id The post.
	 * @return array
	 */
	public static function post( $id ) {
		$post = get_post( $id );
		return array(
			'id'    => (int) $id,
			'title' => $post ? $post->post_title : '',
			'edit'  => admin_url( "post.php?post=$id&action=edit" ),
		);
	}

	/**
	 * An answer with nothing in it yet.
	 *
	 * @return array
	 */
	public static function nothing() {
		return array(
			'references' => array(),
			'unreadable' => array(),
			'looked_at'  => 0,
			'next'       => null,
		);
	}

	/**
	 * A place that should have been readable.
	 *
	 * @param string $key  Its name.
	 * @param int    $id   Its post, user or line.
	 * @param string $why  A few words.
	 * @param string $kind Its kind, where its name does not tell.
	 * @return array
	 */
	public static function unreadable( $key, $id, $why, $kind = '' ) {
		return array(
			'kind' => '' === $kind ? References::kind( $key, '' ) : $kind,
			'key'  => $key,
			'id'   => $id,
			'why'  => $why,
		);
	}

	/** Goes through places: key, name, owner, length of each. */
	private static function read( array $places, $limit, $sql, callable $where ) {
		global $wpdb;
		$answer              = self::nothing();
		$answer['looked_at'] = count( $places );
		$answer['next']      = count( $places ) === $limit ? (int) end( $places )[0] : null;
		foreach ( $places as list( $id, $name, $owner, $weight ) ) {
			if ( preg_match( Known::SECRET_NAMES, $name ) || ! preg_match( Known::NAMES, $name ) ) {
				continue;
			}
			$found = null;
			if ( $weight <= References::HEAVY ) {
				$found = References::of( $name, (string) $wpdb->get_var( $wpdb->prepare( $sql, $id ) ), $where( $name, (int) $owner ) ); // phpcs:ignore WordPress.DB.PreparedSQL
				$wpdb->flush();
			}
			if ( null === $found ) {
				$answer['unreadable'][] = self::unreadable( $name, (int) $owner, $weight <= References::HEAVY ? 'not readable as PHP data' : 'too large to look into' );
			}
			$answer['references'] = array_merge( $answer['references'], (array) $found );
		}
		return $answer;
	}

	/** One row of a table. */
	private static function row( array &$answer, $table, array $columns, array $row ) {
		foreach ( $columns as $i => $column ) {
			$where = array(
				'id'      => (int) $row[0],
				'title'   => '',
				'edit'    => '',
				'certain' => false,
			);
			$found = References::of( "$table.$column", '' === (string) $row[ $i + 1 ] ? '' : (string) $row[ $i + 1 ], $where );
			if ( null === $found ) {
				$answer['unreadable'][] = self::unreadable( "$table.$column", (int) $row[0], 'not readable as PHP data' );
			}
			foreach ( (array) $found as $reference ) {
				$reference['path']      = 'value' === $reference['path'] ? $column : $column . '.' . $reference['path'];
				$answer['references'][] = $reference;
			}
		}
	}

	/** Tables that have a column for tags: table => columns. */
	private static function tables_with_tags() {
		global $wpdb;
		$found = array();
		foreach ( Tables::all() as $table => $columns ) {
			$tags = array_values( preg_grep( Finder::TAG_KEY, array_map( 'strval', $columns ) ) );
			if ( $tags && $wpdb->prefix . Known::TAGS_TABLE !== $table ) {
				$found[ $table ] = preg_grep( '/^\w+$/', $tags );
			}
		}
		return $found;
	}

	/** Names of AccessAlly and its sisters, in SQL; narrowed down by Known::NAMES afterwards. */
	private static function ours( $column ) {
		return "( $column LIKE '\\_accessally%%' OR $column LIKE 'accessally%%' OR $column LIKE '\\_progressally%%' OR $column LIKE 'progressally%%' OR $column LIKE '\\_communityally%%' OR $column LIKE 'communityally%%' OR $column LIKE '\\_aal\\_%%' OR $column LIKE 'aal\\_%%' OR $column LIKE 'wpf\\_accessally%%' )";
	}
}
