<?php
/**
 * Plugin Name: ProgressAlly (stand-in for tests)
 * Description: Has ProgressAlly's class; its settings are seeded. It holds no code of ProgressAlly's.
 * Version: 1.4.4
 * License: GPL-2.0-or-later
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

class ProgressAlly {
	const VERSION = '1.4.4';
}
