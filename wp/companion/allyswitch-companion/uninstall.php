<?php
/**
 * Leaves nothing behind.
 *
 * @package AllySwitch
 */

if ( ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
	exit;
}
delete_option( 'allyswitch_companion_activated' );
