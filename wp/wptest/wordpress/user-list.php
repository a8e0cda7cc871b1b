<?php
/*
 * The peer in the benchmarks: does what `wp user list --format=csv` of WP-CLI does, without WP-CLI's own start. It asks WordPress for all users with their meta, works out
 * roles and address of each, and prints them. WP-CLI itself is in no Debian package.
 *
 *   php user-list.php --site=DIR
 */
$opt      = getopt( '', array( 'site:' ) );
$_SERVER += array( 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/', 'REMOTE_ADDR' => '127.0.0.1', 'HTTP_HOST' => '127.0.0.1' );
ini_set( 'memory_limit', '-1' );
require $opt['site'] . '/wp-load.php';

$out = fopen( 'php://stdout', 'w' );
fputcsv( $out, array( 'ID', 'user_login', 'display_name', 'user_email', 'user_registered', 'roles' ) );
foreach ( get_users( array( 'count_total' => false, 'fields' => 'all_with_meta' ) ) as $user ) {
	$user->roles = implode( ',', $user->roles );
	$user->url   = get_author_posts_url( $user->ID, $user->user_nicename );
	fputcsv( $out, array( $user->ID, $user->user_login, $user->display_name, $user->user_email, $user->user_registered, $user->roles ) );
}
