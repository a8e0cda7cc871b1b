<?php
/**
 * Tags written into pages and into PHP code.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Shortcodes and function calls that name tag IDs.
 */
final class Code {
	/** Shortcodes of AccessAlly and its sisters. */
	const SHORTCODE = '/\[((?:accessally|progressally|communityally)[a-z0-9_-]*)(\s[^\]]*)?\]/i';

	/** The most code files that are looked at, and the most bytes of each. */
	const FILES = 5000;
	const BYTES = 1048576;

	/**
	 * Shortcodes in posts.
	 *
	 * @param int $after The last post seen.
	 * @param int $limit How many to look at.
	 * @return array
	 */
	public static function content( $after, $limit ) {
		global $wpdb;
		$sql = "SELECT ID, LENGTH(post_content) FROM {$wpdb->posts} WHERE ID > %d AND post_type <> 'revision' AND post_status NOT IN ('trash', 'auto-draft')
			AND ( post_content LIKE '%%[accessally%%' OR post_content LIKE '%%[progressally%%' OR post_content LIKE '%%[communityally%%' ) ORDER BY ID LIMIT %d";
		$posts  = $wpdb->get_results( $wpdb->prepare( $sql, $after, $limit ), ARRAY_N ); // phpcs:ignore WordPress.DB.PreparedSQL
		$answer = Places::nothing();
		foreach ( $posts as list( $id, $weight ) ) {
			if ( $weight > References::HEAVY ) {
				$answer['unreadable'][] = Places::unreadable( 'post_content', (int) $id, 'too large to look into', 'shortcode' );
				continue;
			}
			$text                 = (string) $wpdb->get_var( $wpdb->prepare( "SELECT post_content FROM {$wpdb->posts} WHERE ID = %d", $id ) );
			$answer['references'] = array_merge( $answer['references'], self::shortcodes( (int) $id, $text ) );
			$wpdb->flush();
		}
		$answer['looked_at'] = count( $posts );
		$answer['next']      = count( $posts ) === $limit ? (int) end( $posts )[0] : null;
		return $answer;
	}

	/**
	 * Calls in the theme's code.
	 *
	 * @param int $after How many files have been seen.
	 * @param int $limit How many to look at.
	 * @return array
	 */
	public static function theme( $after, $limit ) {
		$files  = self::files();
		$answer = Places::nothing();
		$page   = array_slice( $files, $after, $limit );
		foreach ( $page as $file ) {
			$name = ltrim( str_replace( wp_normalize_path( WP_CONTENT_DIR ), '', wp_normalize_path( $file ) ), '/' );
			if ( filesize( $file ) > self::BYTES || ! is_readable( $file ) ) {
				$answer['unreadable'][] = Places::unreadable( $name, 0, 'too large to look into, or not readable', 'theme-code' );
				continue;
			}
			$answer['references'] = array_merge( $answer['references'], self::calls( $name, (string) file_get_contents( $file ) ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions
		}
		if ( 0 === $after && count( $files ) >= self::FILES ) {
			$answer['unreadable'][] = Places::unreadable( 'themes', 0, 'more than ' . self::FILES . ' files: the rest was not looked at', 'theme-code' );
		}
		$answer['looked_at'] = count( $page );
		$answer['next']      = $after + $limit < count( $files ) ? $after + $limit : null;
		return $answer;
	}

	/** The shortcodes of a text. */
	private static function shortcodes( $id, $text ) {
		$where = Places::post( $id ) + array(
			'kind'    => 'shortcode',
			'certain' => false,
		);
		$list = array();
		preg_match_all( self::SHORTCODE, $text, $matches, PREG_SET_ORDER );
		foreach ( $matches as $match ) {
			$attributes = shortcode_parse_atts( isset( $match[2] ) ? html_entity_decode( $match[2], ENT_QUOTES, 'UTF-8' ) : '' );
			foreach ( is_array( $attributes ) ? $attributes : array() as $name => $value ) {
				if ( ! preg_match( Finder::TAG_KEY, (string) $name ) ) {
					continue;
				}
				foreach ( Finder::in_text( (string) $value ) as $tag ) {
					$list[] = References::reference( strtolower( $match[1] ), $where, '[' . strtolower( $match[1] ) . '] ' . $name, $tag );
				}
			}
		}
		return $list;
	}

	/** The calls of AccessAlly's tag functions in a file. */
	private static function calls( $file, $code ) {
		if ( false === stripos( $code, 'accessally' ) || ! function_exists( 'token_get_all' ) ) {
			return array();
		}
		$tokens = array_map( array( __CLASS__, 'without_namespace' ), array_values(
			array_filter(
				token_get_all( $code ),
				static function ( $token ) {
					return ! is_array( $token ) || ! in_array( $token[0], array( T_WHITESPACE, T_COMMENT, T_DOC_COMMENT ), true );
				}
			)
		) );
		$list = array();
		foreach ( $tokens as $i => $token ) {
			if ( is_array( $token ) && T_STRING === $token[0] && self::is_call( $tokens, $i ) ) {
				$list = array_merge( $list, self::literals( $file, $tokens, $i ) );
			}
		}
		return $list;
	}

	/** A name with a backslash in front, as code in a namespace writes it, is a token of its own from PHP 8.0 on: here it is the name alone. */
	private static function without_namespace( $token ) {
		$qualified = defined( 'T_NAME_FULLY_QUALIFIED' ) && is_array( $token ) && T_NAME_FULLY_QUALIFIED === $token[0];
		return $qualified ? array( T_STRING, ltrim( $token[1], '\\' ), $token[2] ) : $token;
	}

	/** Whether a word is a call of a function about tags: accessally_…tag…( or AccessAlly…::…tag…( */
	private static function is_call( array $tokens, $i ) {
		if ( ! isset( $tokens[ $i + 1 ] ) || '(' !== $tokens[ $i + 1 ] || false === stripos( $tokens[ $i ][1], 'tag' ) ) {
			return false;
		}
		$before = $i > 0 ? $tokens[ $i - 1 ] : '';
		if ( is_array( $before ) && T_DOUBLE_COLON === $before[0] ) {
			return $i > 1 && is_array( $tokens[ $i - 2 ] ) && 1 === preg_match( '/^\\\\?AccessAlly/i', $tokens[ $i - 2 ][1] );
		}
		return 0 === stripos( $tokens[ $i ][1], 'accessally_' ) && ! ( is_array( $before ) && in_array( $before[0], array( T_FUNCTION, T_OBJECT_OPERATOR, T_NEW ), true ) );
	}

	/** The numbers between a call's brackets; and a word where something is worked out there. */
	private static function literals( $file, array $tokens, $i ) {
		$where = array(
			'id'      => $tokens[ $i ][2],
			'title'   => '',
			'edit'    => '',
			'kind'    => 'theme-code',
			'certain' => 0 === stripos( $tokens[ $i ][1], 'accessally_has_any_tag_id' ),
		);
		$path    = $file . ':' . $tokens[ $i ][2];
		$list    = array();
		$dynamic = false;
		for ( $depth = 0, $j = $i + 1; isset( $tokens[ $j ] ); $j++ ) {
			$token  = $tokens[ $j ];
			$depth += '(' === $token ? 1 : ( ')' === $token ? -1 : 0 );
			if ( 0 === $depth ) {
				break;
			}
			if ( is_array( $token ) && in_array( $token[0], array( T_CONSTANT_ENCAPSED_STRING, T_ENCAPSED_AND_WHITESPACE, T_LNUMBER ), true ) ) {
				foreach ( Finder::in_text( trim( trim( $token[1], "'\"" ), ', ' ) ) as $tag ) {
					$list[] = References::reference( $file, $where, $path, $tag );
				}
			}
			$dynamic = $dynamic || ( is_array( $token ) && in_array( $token[0], array( T_VARIABLE, T_STRING ), true ) );
		}
		if ( $dynamic ) {
			$list[] = References::reference( $file, $where, $path, '' ) + array( 'dynamic' => true );
		}
		return $list;
	}

	/** The PHP files of the theme, its parent and mu-plugins, in order of name. */
	private static function files() {
		$files = array();
		foreach ( array_unique( array( get_stylesheet_directory(), get_template_directory(), WPMU_PLUGIN_DIR ) ) as $folder ) {
			if ( ! is_dir( $folder ) ) {
				continue;
			}
			$inside = new \RecursiveCallbackFilterIterator(
				new \RecursiveDirectoryIterator( $folder, \FilesystemIterator::SKIP_DOTS ),
				static function ( $entry ) {
					return $entry->isDir() ? ! in_array( $entry->getFilename(), array( 'vendor', 'node_modules', '.git' ), true ) : 'php' === strtolower( $entry->getExtension() );
				}
			);
			foreach ( new \RecursiveIteratorIterator( $inside, \RecursiveIteratorIterator::LEAVES_ONLY, \RecursiveIteratorIterator::CATCH_GET_CHILD ) as $entry ) {
				$files[ $entry->getPathname() ] = true;
				if ( count( $files ) >= self::FILES ) {
					break 2;
				}
			}
		}
		$files = array_keys( $files );
		sort( $files );
		return $files;
	}
}
