<?php
/*
 * Called by `start`: installs WordPress into an empty database, makes the accounts that tests log in with, activates plugins, and seeds people,
 * offerings and places with tags. Safe to run again.
 *
 *   php setup.php --site=DIR --accounts=FILE [--seed=FILE]
 *
 * The seed is the JSON that `go run ./wp/wptest/seedfile` writes.
 */
$opt      = getopt( '', array( 'site:', 'accounts:', 'seed:' ) );
$_SERVER += array( 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/', 'REMOTE_ADDR' => '127.0.0.1', 'HTTP_HOST' => '127.0.0.1' );
ini_set( 'memory_limit', '-1' );
$accounts = is_file( $opt['accounts'] ) ? json_decode( file_get_contents( $opt['accounts'] ), true ) : array();

define( 'WP_INSTALLING', true ); // Lets wp-load.php run before the tables exist.
require $opt['site'] . '/wp-load.php';
foreach ( array( 'upgrade', 'plugin', 'user' ) as $part ) {
	require_once ABSPATH . "wp-admin/includes/$part.php";
}
global $wpdb, $wp_rewrite;

if ( ! is_blog_installed() ) {
	$accounts = array( 'user' => 'admin', 'admin_password' => wp_generate_password( 20, false ) );
	wp_install( 'Membership site', 'admin', 'admin@example.com', true, '', $accounts['admin_password'] );
	$wp_rewrite->init();
	$wp_rewrite->set_permalink_structure( '/%postname%/' );
	$wp_rewrite->flush_rules( false );
}
foreach ( array( 'customer' => 'Customer', 'student' => 'Student', 'vip_member' => 'VIP Member' ) as $role => $label ) {
	get_role( $role ) || add_role( $role, $label, array( 'read' => true ) );
}

/** An application password that works: the one known, or a new one. */
function application_password( $user_id, $known ) {
	foreach ( WP_Application_Passwords::get_user_application_passwords( $user_id ) as $item ) {
		$plain = preg_replace( '/[^a-z\d]/i', '', (string) $known );
		$right = method_exists( 'WP_Application_Passwords', 'check_password' ) // From WordPress 6.8 hashes are others.
			? WP_Application_Passwords::check_password( $plain, $item['password'] )
			: wp_check_password( $plain, $item['password'], $user_id );
		if ( $known && $right ) {
			return $known;
		}
	}
	list( $plain ) = WP_Application_Passwords::create_new_application_password( $user_id, array( 'name' => 'tests ' . wp_generate_password( 4, false ) ) );
	return WP_Application_Passwords::chunk_password( $plain );
}
// The administrator has ID 1, and somebody without rights ID 2: the seeded people have other IDs.
$limited = get_user_by( 'login', 'limited' );
$limited = $limited ? $limited->ID : wp_insert_user( array( 'user_login' => 'limited', 'user_pass' => wp_generate_password(), 'user_email' => 'limited@example.com', 'role' => 'subscriber' ) );
$accounts['password']         = application_password( 1, $accounts['password'] ?? '' );
$accounts['limited_user']     = 'limited';
$accounts['limited_password'] = application_password( $limited, $accounts['limited_password'] ?? '' );
file_put_contents( $opt['accounts'], json_encode( $accounts, JSON_PRETTY_PRINT ) );

foreach ( array( 'accessally', 'progressally', 'allyswitch-companion' ) as $slug ) {
	foreach ( array_keys( get_plugins( "/$slug" ) ) as $file ) {
		$failed = is_plugin_active( "$slug/$file" ) ? null : activate_plugin( "$slug/$file" );
		if ( is_wp_error( $failed ) ) {
			fwrite( STDERR, "start: plugin $slug: " . $failed->get_error_message() . "\n" );
			exit( 1 );
		}
	}
}
delete_option( 'standin_shape' ); // What a test that was broken off has left.
if ( ! empty( $opt['seed'] ) && get_option( 'seeded_with' ) !== md5_file( $opt['seed'] ) ) {
	class_exists( 'Standin_Store' ) || require_once WP_PLUGIN_DIR . '/accessally/store.php'; // While installing, WordPress loads no plugins.
	Standin_Store::make_tables();
	delete_option( 'seeded_with' );
	require __DIR__ . '/seed.php';
	$seed = json_decode( file_get_contents( $opt['seed'] ), true );
	seed_people( $seed['people'] );
	seed_offerings( $seed );
	update_option( 'seeded_from', realpath( $opt['seed'] ), false );
	update_option( 'seeded_with', md5_file( $opt['seed'] ), false );
	wp_cache_flush();
	wp_update_user_counts();
}
