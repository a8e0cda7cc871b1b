<?php
/**
 * Reads offerings.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * What members buy: which tags open it, which pages it holds.
 */
final class Offerings {
	/**
	 * All offerings, for the answer.
	 *
	 * @return array|\WP_Error
	 */
	public static function answer() {
		$refusal = Probe::refusal( 'read_offerings' );
		if ( $refusal ) {
			return $refusal;
		}
		$all = self::all();
		if ( null === $all ) {
			return Ally::unreadable( Probe::through( 'read_offerings' ) );
		}
		$list = array();
		foreach ( $all as $key => $settings ) {
			$list[] = array(
				'key'    => (string) $key,
				'name'   => self::name( $settings ),
				'system' => isset( $settings['system'] ) && is_string( $settings['system'] ) ? $settings['system'] : null,
				'tags'   => self::tags( $settings ),
				'pages'  => array_map( array( __CLASS__, 'page' ), self::pages( $settings ) ),
			);
		}
		return array(
			'offerings' => $list,
			'through'   => Probe::through( 'read_offerings' ),
		);
	}

	/**
	 * The settings of all offerings by key, or null when they cannot be read.
	 *
	 * @return array|null
	 */
	public static function all() {
		$through = (string) Probe::through( 'read_offerings' );
		if ( false !== strpos( $through, '::' ) ) {
			$all = Ally::call( $through );
		} else {
			$all = array();
			foreach ( self::option_names() as $name ) {
				$all[ $name ] = get_option( $name );
			}
		}
		return is_array( $all ) ? array_filter( $all, 'is_array' ) : null;
	}

	/**
	 * The options that hold offerings.
	 *
	 * @return string[]
	 */
	public static function option_names() {
		global $wpdb;
		$like  = $wpdb->esc_like( Known::OFFERING_OPTION ) . '%';
		$names = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s ORDER BY option_id", $like ) );
		return array_values( preg_grep( '/^' . Known::OFFERING_OPTION . '\d+$/', $names ) );
	}

	/**
	 * An offering's tags by what they do. A setting that is there but not understood has null.
	 *
	 * @param array $settings The offering.
	 * @return array
	 */
	public static function tags( array $settings ) {
		$tags = array(
			'base'    => array(),
			'instant' => array(),
			'revoke'  => array(),
			'modules' => array(),
			'other'   => array(),
		);
		$given = isset( $settings['tags'] ) && is_array( $settings['tags'] ) ? $settings['tags'] : array();
		foreach ( $given as $name => $setting ) {
			if ( preg_match( '/^module-(.+)$/', (string) $name, $module ) ) {
				$tags['modules'][ $module[1] ] = self::tag_of( $setting );
			} elseif ( in_array( $name, array( 'base', 'instant', 'revoke' ), true ) ) {
				$tags[ $name ] = self::tag_of( $setting );
			} else {
				$tags['other'][ $name ] = self::tag_of( $setting );
			}
		}
		// Objects in JSON, even when empty or numbered from 0.
		$tags['modules'] = (object) $tags['modules'];
		$tags['other']   = (object) $tags['other'];
		return $tags;
	}

	/**
	 * The tag or tags of one setting: by AccessAlly's own function, else when it is a number or a list of numbers.
	 *
	 * @param mixed $setting The setting.
	 * @return string[]|null
	 */
	public static function tag_of( $setting ) {
		if ( Probe::has( Known::TAG_OF_SETTING ) ) {
			$tag = Ally::call( Known::TAG_OF_SETTING, $setting );
			if ( '' !== Ally::failure() ) {
				return null;
			}
			$tag = is_array( $tag ) ? $tag : array_filter( array( $tag ) );
			return Value::tag_ids( array_values( $tag ) );
		}
		if ( is_array( $setting ) ) {
			return array() === array_filter( array_keys( $setting ), 'is_string' ) ? Value::tag_ids( $setting ) : null;
		}
		return Value::tag_ids( array_filter( array( $setting ) ) );
	}

	/**
	 * An offering's pages: ID and module, "" for the base module.
	 *
	 * @param array $settings The offering.
	 * @return array
	 */
	public static function pages( array $settings ) {
		$pages = array();
		foreach ( isset( $settings['pages'] ) && is_array( $settings['pages'] ) ? $settings['pages'] : array() as $page ) {
			if ( is_array( $page ) && ! empty( $page['page-template-select'] ) && is_numeric( $page['page-template-select'] ) ) {
				$module  = isset( $page['module'] ) && is_scalar( $page['module'] ) ? (string) $page['module'] : '';
				$pages[] = array(
					'id'     => (int) $page['page-template-select'],
					'module' => '0' === $module ? '' : $module,
				);
			}
		}
		return $pages;
	}

	/**
	 * An offering's name. The setting's key is not documented: the likely ones are tried.
	 *
	 * @param array $settings The offering.
	 * @return string
	 */
	public static function name( array $settings ) {
		foreach ( array( 'name', 'offering-name', 'course-name', 'title' ) as $key ) {
			if ( isset( $settings[ $key ] ) && is_string( $settings[ $key ] ) && '' !== trim( $settings[ $key ] ) ) {
				return $settings[ $key ];
			}
		}
		return '';
	}

	/** A page for the answer. */
	private static function page( array $page ) {
		return Rules::post( $page['id'] ) + array( 'module' => $page['module'] );
	}
}
