<?php
/**
 * What this site is.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Versions, limits and capabilities.
 */
final class Environment {
	/**
	 * The answer.
	 *
	 * @return array
	 */
	public static function answer() {
		return array(
			'companion'    => array(
				'version'      => VERSION,
				'activated'    => Value::time( Lifetime::activated() ),
				'switches_off' => Value::time( Lifetime::ends() ),
			),
			'site'         => self::site(),
			'wordpress'    => get_bloginfo( 'version' ),
			'php'          => array(
				'version'            => PHP_VERSION,
				'memory_limit'       => self::bytes( ini_get( 'memory_limit' ) ),
				'max_execution_time' => (int) ini_get( 'max_execution_time' ),
			),
			'accessally'   => self::plugin( 'AccessAlly', 'accessally/' ) + array( 'licensed' => self::licensed() ),
			'progressally' => self::plugin( 'ProgressAlly', 'progressally/' ),
			'crm'          => array(
				'system'  => Ally::system(),
				'through' => Probe::through( 'read_system' ),
			),
			'cron'         => self::cron(),
			'limits'       => Routes::LIMITS,
			'capabilities' => Probe::capabilities(),
		);
	}

	/** The site. */
	private static function site() {
		global $wpdb;
		return array(
			'url'         => site_url(),
			'home'        => home_url(),
			'name'        => html_entity_decode( get_bloginfo( 'name' ), ENT_QUOTES, 'UTF-8' ),
			'language'    => get_bloginfo( 'language' ),
			'timezone'    => wp_timezone_string(),
			'multisite'   => is_multisite(),
			'environment' => wp_get_environment_type(),
			'users'       => Users::count(),
			'newest_user' => (int) $wpdb->get_var( "SELECT MAX(ID) FROM {$wpdb->users}" ),
		);
	}

	/** A plugin: by its class, or by its folder among the active ones. The version is its constant's, or its header's. */
	private static function plugin( $class, $folder ) {
		$file    = preg_grep( '#^' . $folder . '#', (array) get_option( 'active_plugins', array() ) );
		$version = class_exists( $class ) && defined( "$class::VERSION" ) ? constant( "$class::VERSION" ) : null;
		if ( null === $version && $file && is_readable( WP_PLUGIN_DIR . '/' . reset( $file ) ) ) {
			$header  = get_file_data( WP_PLUGIN_DIR . '/' . reset( $file ), array( 'version' => 'Version' ) );
			$version = '' === $header['version'] ? null : $header['version'];
		}
		return array(
			'active'  => class_exists( $class ) || array() !== $file,
			'version' => null === $version ? null : (string) $version,
		);
	}

	/** Whether AccessAlly says that it is licensed. */
	private static function licensed() {
		if ( ! class_exists( 'AccessAllySettingLicense' ) || ! property_exists( 'AccessAllySettingLicense', 'accessally_enabled' ) ) {
			return null;
		}
		$property = new \ReflectionProperty( 'AccessAllySettingLicense', 'accessally_enabled' );
		return $property->isPublic() && $property->isStatic() ? (bool) $property->getValue() : null;
	}

	/** Whether the site's clockwork runs: AccessAlly charges cards by it. */
	private static function cron() {
		$events = array_filter( (array) _get_cron_array(), 'is_array' );
		$first  = $events ? min( array_keys( $events ) ) : time();
		return array(
			'disabled'     => defined( 'DISABLE_WP_CRON' ) && DISABLE_WP_CRON,
			'events'       => array_sum( array_map( 'count', $events ) ),
			'seconds_late' => max( 0, time() - $first ),
		);
	}

	/** A limit such as 256M in bytes. */
	private static function bytes( $limit ) {
		return (int) $limit < 0 ? -1 : wp_convert_hr_to_bytes( $limit );
	}
}
