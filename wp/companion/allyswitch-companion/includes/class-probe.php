<?php
/**
 * Finds out what this site has.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * The table of capabilities. Nothing is used that is not in it.
 */
final class Probe {
	/**
	 * The lines found so far in this request.
	 *
	 * @var array
	 */
	private static $lines = array();

	/**
	 * Whether a class has this static method for everybody.
	 *
	 * @param string $method As Class::method.
	 * @return bool
	 */
	public static function has( $method ) {
		list( $class, $name ) = explode( '::', $method );
		if ( ! class_exists( $class ) || ! method_exists( $class, $name ) ) {
			return false;
		}
		$found = new \ReflectionMethod( $class, $name );
		return $found->isPublic() && $found->isStatic();
	}

	/**
	 * The whole table: name => available, through, missing.
	 *
	 * @return array
	 */
	public static function capabilities() {
		$table = array();
		foreach ( array_keys( Known::METHODS ) as $name ) {
			$table[ $name ] = self::capability( $name );
		}
		$table['read_tag_references'] = self::found( 'options, posts, theme', array() );
		$table['read_teams']          = Teams::capability();
		$table['read_orders']         = Orders::capability( 'orders' );
		$table['read_subscriptions']  = Orders::capability( 'subscriptions' );
		ksort( $table );
		return $table;
	}

	/**
	 * One line of the table.
	 *
	 * @param string $name The capability.
	 * @return array
	 */
	public static function capability( $name ) {
		if ( ! isset( self::$lines[ $name ] ) ) {
			self::$lines[ $name ] = self::look( $name );
		}
		return self::$lines[ $name ];
	}

	/** Looks for a capability. */
	private static function look( $name ) {
		foreach ( Known::METHODS[ $name ] as $method ) {
			if ( self::has( $method ) ) {
				return self::with_needs( $name, $method );
			}
		}
		$fallback = self::fallback( $name );
		return null !== $fallback ? self::found( $fallback, array() ) : self::found( null, Known::METHODS[ $name ] );
	}

	/**
	 * What the capability is found through, or null.
	 *
	 * @param string $name The capability.
	 * @return string|null
	 */
	public static function through( $name ) {
		$line = self::capability( $name );
		return $line['available'] ? $line['through'] : null;
	}

	/**
	 * The error for a route whose capability is missing, or null.
	 *
	 * @param string $name The capability.
	 * @return \WP_Error|null
	 */
	public static function refusal( $name ) {
		$line = self::capability( $name );
		return $line['available'] ? null : self::unavailable( $line['missing'] );
	}

	/**
	 * The error that says what is missing.
	 *
	 * @param string[] $missing Names.
	 * @return \WP_Error
	 */
	public static function unavailable( array $missing ) {
		return new \WP_Error( 'allyswitch_unavailable', 'This site does not have what this needs: ' . implode( ', ', $missing ) . '.', array( 'status' => 501, 'missing' => $missing ) );
	}

	/**
	 * A line of the table.
	 *
	 * @param string|null $through Where it was found.
	 * @param string[]    $missing What is missing.
	 * @return array
	 */
	public static function found( $through, array $missing ) {
		return array(
			'available' => null !== $through && array() === $missing,
			'through'   => $through,
			'missing'   => $missing,
		);
	}

	/** What cannot be proven is not offered: a writing capability needs the reading ones. */
	private static function with_needs( $name, $method ) {
		$needs = array(
			'set_contact_ids'     => array( 'read_contact_ids' ),
			'refresh_users'       => array(),
			'restore_cached_tags' => array( 'read_contact_ids', 'read_tags', 'read_system' ),
		);
		$missing = array();
		foreach ( isset( $needs[ $name ] ) ? $needs[ $name ] : array() as $need ) {
			$missing = array_merge( $missing, self::capability( $need )['missing'] );
		}
		return self::found( $method, $missing );
	}

	/** What is used where no function is found: the places in the database that are documented by others. */
	private static function fallback( $name ) {
		switch ( $name ) {
			case 'read_tags':
				return User_Tags::place();
			case 'read_system':
				return is_array( get_option( Known::API_OPTION ) ) ? 'option ' . Known::API_OPTION : null;
			case 'read_offerings':
				return Offerings::option_names() ? 'options ' . Known::OFFERING_OPTION . '<n>' : null;
		}
		return null;
	}
}
