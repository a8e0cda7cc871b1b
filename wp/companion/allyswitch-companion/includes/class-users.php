<?php
/**
 * Reads users.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Users in order of ID, with what AccessAlly knows of them. Memory depends on the size of a page, never on the size of the site.
 */
final class Users {
	/** So many users at a time are given to AccessAlly's functions, whose caches are emptied in between. */
	const CHUNK = 500;

	/** What WordPress keeps of every user for its own screens. */
	const OWN_META = array( 'session_tokens', 'rich_editing', 'syntax_highlighting', 'comment_shortcuts', 'admin_color', 'use_ssl', 'show_admin_bar_front', 'locale', 'nickname', 'description', 'dismissed_wp_pointers', 'show_welcome_panel', 'community-events-location' );

	/**
	 * A page: users whose ID is greater than `after`.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array
	 */
	public static function page( $request ) {
		$started = microtime( true );
		$limit   = (int) $request['limit'];
		$rows    = self::accounts( (int) $request['after'], $limit, (string) $request['registered_since'], (int) $request['up_to'] );
		$users   = self::complete( $rows, self::with( $request ) );
		return self::answer(
			array(
				'users' => $users,
				'next'  => count( $rows ) === $limit ? (int) end( $rows )[0] : null,
				'total' => self::count(),
			),
			$started
		);
	}

	/**
	 * These users, and which of them do not exist.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array|\WP_Error
	 */
	public static function lookup( $request ) {
		$started = microtime( true );
		$ids     = array_values( array_unique( (array) $request['ids'] ) );
		$emails  = array_values( array_unique( (array) $request['emails'] ) );
		$limit   = Routes::LIMITS['lookup'];
		if ( count( $ids ) + count( $emails ) > $limit ) {
			return Routes::too_many( $limit );
		}
		$wanted = array_flip( array_map( 'mb_strtolower', $emails ) );
		$named  = array_filter(
			self::accounts_where( 'u.user_email', '%s', $emails ),
			static function ( $row ) use ( $wanted ) {
				return isset( $wanted[ mb_strtolower( $row[2] ) ] ); // The database takes é for e.
			}
		);
		$rows   = self::accounts_where( 'u.ID', '%d', $ids ) + $named;
		ksort( $rows );
		$known = array_flip( array_map( 'mb_strtolower', array_column( $named, 2 ) ) );
		return self::answer(
			array(
				'users'          => self::complete( array_values( $rows ), self::with( $request ) ),
				'missing_ids'    => array_values( array_diff( $ids, array_keys( $rows ) ) ),
				'missing_emails' => array_values(
					array_filter(
						$emails,
						static function ( $email ) use ( $known ) {
							return ! isset( $known[ mb_strtolower( $email ) ] );
						}
					)
				),
			),
			$started
		);
	}

	/**
	 * Users without a contact ID, or with one that cannot be right.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array|\WP_Error
	 */
	public static function invalid( $request ) {
		$refusal = Probe::refusal( 'read_contact_ids' );
		if ( $refusal ) {
			return $refusal;
		}
		$limit = (int) $request['limit'];
		$rows  = self::accounts( (int) $request['after'], $limit, '' );
		$found = array();
		$words = 'drip' === strtolower( (string) Ally::system() );
		foreach ( self::contact_ids( array_map( 'intval', array_column( $rows, 0 ) ) ) as $i => $contact ) {
			$finding = self::finding( $contact, $words );
			if ( '' !== $finding ) {
				$found[ $i ] = array( $contact, $finding );
			}
		}
		$list = array();
		foreach ( $rows as $row ) {
			if ( isset( $found[ (int) $row[0] ] ) ) {
				list( $contact, $finding ) = $found[ (int) $row[0] ];
				$list[] = array(
					'id'         => (int) $row[0],
					'email'      => $row[2],
					'contact_id' => $contact,
					'finding'    => $finding,
				);
			}
		}
		return array(
			'users'     => $list,
			'looked_at' => count( $rows ),
			'next'      => count( $rows ) === $limit ? (int) end( $rows )[0] : null,
			'through'   => Probe::through( 'read_contact_ids' ),
		);
	}

	/** What is wrong with a contact ID: "" for nothing. Drip's are words, all others' are numbers. */
	private static function finding( $contact, $words ) {
		if ( null === $contact ) {
			return 'unreadable';
		}
		if ( '' === $contact ) {
			return 'none';
		}
		return preg_match( $words ? '/^[A-Za-z0-9_-]{1,64}$/' : '/^[1-9][0-9]{0,18}$/', $contact ) && 'error' !== $contact ? '' : 'malformed';
	}

	/**
	 * How many users the site has.
	 *
	 * @return int
	 */
	public static function count() {
		global $wpdb;
		return (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->users} u " . self::members() ); // phpcs:ignore WordPress.DB.PreparedSQL
	}

	/**
	 * User meta of these users: ID => key => values as stored, the oldest first, as WordPress itself has them.
	 *
	 * @param int[]    $ids    Users, not too many.
	 * @param string[] $keys   Meta keys.
	 * @param string   $choice IN for these keys alone, NOT IN for all others.
	 * @return array
	 */
	public static function meta( array $ids, array $keys, $choice = 'IN' ) {
		global $wpdb;
		$meta = array_fill_keys( $ids, array() );
		if ( ! $ids ) {
			return $meta;
		}
		$holders = array( implode( ',', array_fill( 0, count( $ids ), '%d' ) ), implode( ',', array_fill( 0, count( $keys ), '%s' ) ) );
		$sql     = "SELECT user_id, meta_key, meta_value FROM {$wpdb->usermeta} WHERE user_id IN ({$holders[0]}) AND meta_key $choice ({$holders[1]}) ORDER BY umeta_id";
		foreach ( $wpdb->get_results( $wpdb->prepare( $sql, array_merge( $ids, $keys ) ), ARRAY_N ) as $row ) { // phpcs:ignore WordPress.DB.PreparedSQL
			$meta[ $row[0] ][ $row[1] ][] = $row[2];
		}
		$wpdb->flush();
		return $meta;
	}

	/**
	 * The contact IDs of these users, chunk by chunk.
	 *
	 * @param int[] $ids Users.
	 * @return array ID => "" for none, null for not known.
	 */
	public static function contact_ids( array $ids ) {
		$contacts = array();
		foreach ( array_chunk( $ids, self::CHUNK ) as $chunk ) {
			self::prime( $chunk );
			foreach ( $chunk as $id ) {
				$contacts[ $id ] = Ally::contact_id( $id );
			}
			self::forget( $chunk );
		}
		return $contacts;
	}

	/**
	 * Forgets what WordPress has cached of these users, so that the next look is at the database.
	 *
	 * @param int[] $ids Users.
	 */
	public static function forget( array $ids ) {
		if ( wp_using_ext_object_cache() && count( $ids ) > 1 ) {
			// Other requests live on this cache: only our own copy goes, if it can.
			if ( wp_cache_supports( 'flush_runtime' ) ) {
				wp_cache_flush_runtime();
			}
			return;
		}
		self::drop( $ids );
	}

	/**
	 * Fills WordPress's caches of these users from the database, whatever they held. What is asked and written of them next is not looked up user by user.
	 *
	 * @param int[] $ids Users, not too many.
	 */
	public static function look_again( array $ids ) {
		self::drop( $ids );
		cache_users( $ids );
		update_meta_cache( 'user', $ids );
	}

	/** Takes these users out of every cache, one that other requests live on too. */
	private static function drop( array $ids ) {
		foreach ( array( 'user_meta', 'users', Known::TAGS_META ) as $group ) {
			wp_cache_delete_multiple( $ids, $group );
		}
		foreach ( $ids as $id ) {
			wp_cache_delete( Known::TAGS_META, $id ); // AccessAlly before 4.0 keeps tags in a group named after the user.
		}
	}

	/**
	 * Fills the cache of user meta, which AccessAlly's functions read, in one go instead of user by user, and answers what it holds. In a cache of this request
	 * alone, what WordPress itself keeps of each user and no plugin asks for is left out.
	 */
	private static function prime( array $ids ) {
		if ( wp_using_ext_object_cache() ) {
			update_meta_cache( 'user', $ids );
			return self::meta( $ids, self::named() );
		}
		$meta = self::meta( $ids, self::OWN_META, 'NOT IN' );
		wp_cache_add_multiple( $meta, 'user_meta' );
		return $meta;
	}

	/** The meta that every answer is made of. */
	private static function named() {
		global $wpdb;
		return array( 'first_name', 'last_name', $wpdb->get_blog_prefix() . 'capabilities' );
	}

	/** Rows of accounts after an ID: ID, login, address, registered, display name. */
	private static function accounts( $after, $limit, $since, $up_to = 0 ) {
		global $wpdb;
		$sql   = self::select() . ' WHERE u.ID > %d';
		$given = array( $after );
		if ( $up_to > 0 ) {
			$sql    .= ' AND u.ID <= %d';
			$given[] = $up_to;
		}
		if ( '' !== $since ) {
			$sql    .= ' AND u.user_registered >= %s';
			$given[] = gmdate( 'Y-m-d H:i:s', strtotime( $since . ( preg_match( '/Z$/', $since ) ? '' : ' UTC' ) ) );
		}
		$given[] = $limit;
		$rows    = $wpdb->get_results( $wpdb->prepare( "$sql ORDER BY u.ID LIMIT %d", $given ), ARRAY_N ); // phpcs:ignore WordPress.DB.PreparedSQL
		$wpdb->flush();
		return $rows;
	}

	/** Rows of accounts by ID or address, under their ID. */
	private static function accounts_where( $column, $holder, array $values ) {
		global $wpdb;
		if ( ! $values ) {
			return array();
		}
		$sql  = self::select() . " WHERE $column IN (" . implode( ',', array_fill( 0, count( $values ), $holder ) ) . ')';
		$rows = $wpdb->get_results( $wpdb->prepare( $sql, $values ), ARRAY_N ); // phpcs:ignore WordPress.DB.PreparedSQL
		return array_column( $rows, null, 0 );
	}

	/** The columns that are read. No password and no key is among them. */
	private static function select() {
		global $wpdb;
		return "SELECT u.ID, u.user_login, u.user_email, u.user_registered, u.display_name FROM {$wpdb->users} u " . self::members();
	}

	/** On a network only the users of this site. */
	private static function members() {
		global $wpdb;
		return is_multisite() ? "JOIN {$wpdb->usermeta} m ON m.user_id = u.ID AND m.meta_key = '" . esc_sql( $wpdb->get_blog_prefix() . 'capabilities' ) . "'" : '';
	}

	/** Rows become users, a chunk at a time. */
	private static function complete( array $rows, array $with ) {
		$users = array();
		foreach ( array_chunk( $rows, self::CHUNK ) as $chunk ) {
			$ids   = array_map( 'intval', array_column( $chunk, 0 ) );
			$meta  = $with ? self::prime( $ids ) : self::meta( $ids, self::named() );
			$known = $with ? self::ask_ally( $ids, $with ) : array();
			foreach ( $chunk as $i => $row ) {
				$users[] = self::user( $row, $meta[ $ids[ $i ] ] ) + ( $with ? $known[ $ids[ $i ] ] : array() );
			}
			self::forget( $with ? $ids : array() );
		}
		return $users;
	}

	/** One user as in the answer. */
	private static function user( array $row, array $meta ) {
		list( $first, $last, $caps ) = self::named();
		$user = array(
			'id'           => (int) $row[0],
			'login'        => $row[1],
			'email'        => $row[2],
			'first_name'   => isset( $meta[ $first ] ) ? $meta[ $first ][0] : '',
			'last_name'    => isset( $meta[ $last ] ) ? $meta[ $last ][0] : '',
			'display_name' => $row[4],
			'registered'   => $row[3],
			'roles'        => self::roles( isset( $meta[ $caps ] ) ? $meta[ $caps ][0] : '' ),
		);
		$user['mark'] = substr( md5( implode( "\x1f", array( $row[1], $row[2], $user['first_name'], $user['last_name'], $row[3], $row[4], implode( ',', $user['roles'] ) ) ) ), 0, 16 );
		return $user;
	}

	/** The roles among the capabilities stored for a user. */
	private static function roles( $stored ) {
		static $seen = array(); // Thousands have the same.
		if ( ! isset( $seen[ $stored ] ) ) {
			$caps            = Value::php( $stored );
			$names           = is_array( $caps ) ? array_map( 'strval', array_keys( array_filter( $caps ) ) ) : array();
			$seen[ $stored ] = array_values( array_filter( $names, array( wp_roles(), 'is_role' ) ) );
		}
		return $seen[ $stored ];
	}

	/** What AccessAlly knows: ID => the fields that were asked for, null where it is not known. */
	private static function ask_ally( array $ids, array $with ) {
		$known = array();
		foreach ( $ids as $id ) {
			$known[ $id ]['contact_id'] = Ally::contact_id( $id );
		}
		$tags = in_array( 'tags', $with, true ) ? User_Tags::of( $ids, array_map( 'current', $known ) ) : array();
		foreach ( $ids as $id ) {
			$known[ $id ]['tags'] = isset( $tags[ $id ] ) ? $tags[ $id ] : null;
			$known[ $id ]         = array_intersect_key( $known[ $id ], array_flip( $with ) );
		}
		return $known;
	}

	/** The fields that were asked for with `with`. */
	private static function with( $request ) {
		return array_values( array_filter( array_map( 'trim', explode( ',', (string) $request['with'] ) ) ) );
	}

	/** Adds where things came from, and what it cost. */
	private static function answer( array $answer, $started ) {
		$answer['through'] = array(
			'contact_id' => Probe::through( 'read_contact_ids' ),
			'tags'       => Probe::through( 'read_tags' ),
		);
		return $answer + Routes::cost( $started );
	}
}
