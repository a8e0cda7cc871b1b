<?php
/**
 * Lets a test choose which AccessAlly this is, over REST. Administrators of local sites only.
 */
add_action(
	'rest_api_init',
	function () {
		register_rest_route(
			'accessally-standin/v1',
			'/shape',
			array(
				'methods'             => 'POST',
				'permission_callback' => function () {
					return current_user_can( 'manage_options' ) && 'local' === wp_get_environment_type();
				},
				'callback'            => 'standin_change_shape',
			)
		);
	}
);

/**
 * Changes what is given, and puts the rest back: an empty body is the usual shape.
 *
 * @param WP_REST_Request $request version, missing, broken, odd, system, crm, user_tags (user ID => tags, in the place of this version), no_tables, companion_activated.
 * @return array
 */
function standin_change_shape( $request ) {
	$given = array_filter(
		(array) $request->get_json_params(),
		function ( $value ) {
			return null !== $value;
		}
	);
	update_option( 'standin_shape', array_intersect_key( $given, array_flip( array( 'version', 'missing', 'broken', 'odd' ) ) ) );
	update_option( 'standin_crm', isset( $given['crm'] ) ? $given['crm'] : array(), false );
	$api = (array) get_option( '_accessally_setting_api', array() );
	$api['system'] = isset( $given['system'] ) ? $given['system'] : 'convertkit';
	update_option( '_accessally_setting_api', $api );
	Standin_Store::make_tables();
	if ( isset( $given['companion_activated'] ) ) {
		update_option( 'allyswitch_companion_activated', $given['companion_activated'] );
	}
	standin_move_tags( ! empty( $given['copy_tags'] ) );
	Standin_Store::drop_tables( isset( $given['no_tables'] ) ? (array) $given['no_tables'] : array() );
	return array( 'shape' => Standin_Store::shape() );
}

/** Empties the place of before 4.0, and fills it with the tags of the seeded people if that is asked for. */
function standin_move_tags( $fill ) {
	global $wpdb;
	$wpdb->query( "DELETE FROM {$wpdb->usermeta} WHERE meta_key = '_accessally_user_tag_ids'" );
	if ( ! $fill ) {
		return;
	}
	$wpdb->query( $wpdb->prepare( "INSERT INTO {$wpdb->usermeta} (user_id, meta_key, meta_value) SELECT m.user_id, '_accessally_user_tag_ids', CONCAT('a:1:{s:3:\"ids\";', t.tags, '}') FROM {$wpdb->usermeta} m JOIN {$wpdb->prefix}aal_user_tags t ON t.contact_id = m.meta_value WHERE m.meta_key = %s", Standin_Store::CONTACT_META ) );
	wp_cache_flush();
}

add_action(
	'rest_api_init',
	function () {
		register_rest_route(
			'accessally-standin/v1',
			'/reseed',
			array(
				'methods'             => 'POST',
				'permission_callback' => function () {
					return current_user_can( 'manage_options' ) && 'local' === wp_get_environment_type();
				},
				'callback'            => 'standin_reseed',
			)
		);
	}
);

/** Puts contacts, tags, offerings and places back as they were seeded. */
function standin_reseed() {
	require_once ALLYSWITCH_TEST_SEED . '/seed.php';
	Standin_Store::make_tables();
	seed_offerings( json_decode( file_get_contents( get_option( 'seeded_from' ) ), true ) );
	return array( 'done' => true );
}
