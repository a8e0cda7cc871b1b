<?php
/**
 * Plugin Name: AccessAlly (stand-in for tests)
 * Description: Behaves like the parts of AccessAlly that are known from plugins that call it. It holds no code of AccessAlly's and is of no use on a real site.
 * Version: 4.1.0
 * License: GPL-2.0-or-later
 *
 * AccessAlly is a commercial plugin and was not at hand. What is made up here is listed in docs/verified.md.
 *
 * The option standin_shape says which AccessAlly this is: `version` (before 4.0 tags are in user meta, from 4.0 in a table), `missing` (classes and methods left out),
 * `broken` (methods that throw), `odd` (methods that answer something nobody expects).
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

require __DIR__ . '/store.php';
foreach ( glob( __DIR__ . '/methods/*.php' ) as $file ) {
	require $file;
}
require __DIR__ . '/classes.php';
require __DIR__ . '/levers.php';

Standin_Store::declare_classes();

if ( ! in_array( 'accessally_has_any_tag_id', Standin_Store::shape()['missing'], true ) ) {
	/**
	 * Whether the visitor has one of these tags.
	 *
	 * @param string $ids Tag IDs with commas between them.
	 * @return bool
	 */
	function accessally_has_any_tag_id( $ids ) {
		return array() !== array_intersect( array_map( 'trim', explode( ',', $ids ) ), array_map( 'strval', Standin_Store::tags( get_current_user_id() ) ) );
	}
}
add_shortcode( 'accessally_has_tag', '__return_empty_string' );
add_shortcode( 'accessally_order_form', '__return_empty_string' );
register_activation_hook( __FILE__, array( 'Standin_Store', 'make_tables' ) );
