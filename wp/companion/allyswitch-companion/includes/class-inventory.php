<?php
/**
 * What AccessAlly and its sisters have on this site, by name.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Names only: it helps to learn what a version really offers, and can be shown to anybody.
 */
final class Inventory {
	const CLASSES = '/^(AccessAlly|ProgressAlly|CommunityAlly)/i';

	/**
	 * The answer.
	 *
	 * @return array
	 */
	public static function answer() {
		global $wpdb, $shortcode_tags;
		return array(
			'classes'    => (object) self::classes(),
			'functions'  => array_values( preg_grep( '/^(accessally|progressally)/i', get_defined_functions()['user'] ) ),
			'tables'     => (object) Tables::all(),
			'options'    => self::names( $wpdb->options, 'option_name' ),
			'user_meta'  => self::names( $wpdb->usermeta, 'meta_key' ),
			'post_meta'  => self::names( $wpdb->postmeta, 'meta_key' ),
			'shortcodes' => array_values( preg_grep( Known::NAMES, array_keys( $shortcode_tags ) ) ),
			'post_types' => array_values( preg_grep( '/ally/i', get_post_types() ) ),
		);
	}

	/** Classes with their public static methods, as they are declared. */
	private static function classes() {
		$classes = array();
		foreach ( preg_grep( self::CLASSES, get_declared_classes() ) as $class ) {
			$classes[ $class ] = array();
			foreach ( ( new \ReflectionClass( $class ) )->getMethods( \ReflectionMethod::IS_STATIC ) as $method ) {
				if ( $method->isPublic() ) {
					$classes[ $class ][] = $method->getName() . '(' . implode( ', ', array_map( static function ( $parameter ) {
						return '$' . $parameter->getName();
					}, $method->getParameters() ) ) . ')';
				}
			}
		}
		ksort( $classes );
		return $classes;
	}

	/** Names in a column that are of AccessAlly; of numbered ones all, up to 500. */
	private static function names( $table, $column ) {
		global $wpdb;
		$names = $wpdb->get_col( "SELECT DISTINCT `$column` FROM `$table` WHERE `$column` LIKE '%ally%' OR `$column` LIKE '%aal\\_%' ORDER BY `$column` LIMIT 500" ); // phpcs:ignore WordPress.DB.PreparedSQL -- both names are WordPress's own.
		return array_values( preg_grep( Known::NAMES, $names ) );
	}
}
