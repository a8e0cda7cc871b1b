<?php
/**
 * Plugin Name: AllySwitch Companion
 * Description: Lets AllySwitch read tags and contact IDs and link members to their CRM contacts while you switch. Remove it when the switch is done; it switches itself off after 14 days.
 * Version: 1.0.0
 * Requires at least: 6.1
 * Requires PHP: 7.4
 * Author: The AllySwitch authors
 * License: GPL-2.0-or-later
 * License URI: https://www.gnu.org/licenses/old-licenses/gpl-2.0.html
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const VERSION   = '1.0.0';
const NAMESPACE_ROUTE = 'allyswitch/v1';

require_once __DIR__ . '/includes/class-lifetime.php';
Lifetime::watch( __FILE__ );

// Everything else is loaded only for a REST request, and only while the 14 days last.
add_action(
	'rest_api_init',
	static function () {
		if ( Lifetime::is_over() ) {
			return;
		}
		foreach ( array( 'door', 'known', 'value', 'probe', 'ally', 'user-tags', 'users', 'tables', 'offerings', 'rules', 'places', 'finder', 'references', 'code', 'change-mark', 'teams', 'orders', 'environment', 'inventory', 'quiet', 'links', 'refresh', 'cached-tags', 'routes' ) as $part ) {
			require_once __DIR__ . "/includes/class-$part.php";
		}
		Door::guard();
		Routes::register();
	}
);
