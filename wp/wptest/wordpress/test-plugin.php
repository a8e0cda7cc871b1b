<?php
/**
 * For the test site: writes mail down instead of sending it, and lets a test see the site as if it were a live one.
 */

add_filter(
	'pre_wp_mail',
	function ( $done, $mail ) {
		file_put_contents( ALLYSWITCH_TEST_MAIL, wp_json_encode( array( 'to' => $mail['to'], 'subject' => $mail['subject'] ) ) . "\n", FILE_APPEND | LOCK_EX );
		return true;
	},
	10,
	2
);

// With this header the site's address is no longer that of this machine; wp-config.php also makes it "production" then.
if ( ! empty( $_SERVER['HTTP_X_ALLYSWITCH_TEST_LIVE'] ) ) {
	add_filter(
		'pre_option_home',
		function () {
			return 'http://members.example.com';
		}
	);
}

// With this header the site has plain permalinks: REST answers at /?rest_route= only.
if ( ! empty( $_SERVER['HTTP_X_ALLYSWITCH_TEST_PLAIN'] ) ) {
	add_filter( 'pre_option_permalink_structure', '__return_empty_string' );
	add_filter( 'pre_option_rewrite_rules', '__return_empty_string' );
}

// With this header the database fails for every query that has these words in it.
if ( ! empty( $_SERVER['HTTP_X_ALLYSWITCH_TEST_BROKEN_QUERY'] ) ) {
	add_filter(
		'query',
		function ( $query ) {
			return false === strpos( $query, wp_unslash( $_SERVER['HTTP_X_ALLYSWITCH_TEST_BROKEN_QUERY'] ) ) ? $query : 'SELECT broken by a test';
		}
	);
}

// The least that an export in portions costs: a request of somebody who is logged in, which does nothing.
add_action( 'wp_ajax_allyswitch_test_nothing', 'wp_send_json_success' );
