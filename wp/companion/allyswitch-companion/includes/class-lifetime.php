<?php
/**
 * When the companion was activated, when it stops, and the notice that says so.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * The companion is a guest: it leaves by itself after 14 days.
 */
final class Lifetime {
	const OPTION = 'allyswitch_companion_activated';
	const DAYS   = 14;

	/**
	 * Whether the 14 days are over, once that has been asked.
	 *
	 * @var bool|null
	 */
	private static $over = null;

	/**
	 * Hooks up activation, deactivation, the daily look at the clock, and the notice.
	 *
	 * @param string $file The plugin's main file.
	 */
	public static function watch( $file ) {
		register_activation_hook( $file, array( __CLASS__, 'begin' ) );
		register_deactivation_hook( $file, array( __CLASS__, 'end' ) );
		add_action(
			'init',
			static function () use ( $file ) {
				self::leave_when_over( $file );
			}
		);
		add_action( 'admin_notices', array( __CLASS__, 'notice' ) );
	}

	/** Remembers the time of activation: the one thing that is stored. */
	public static function begin() {
		delete_option( self::OPTION );
		add_option( self::OPTION, time(), '', 'no' );
	}

	/** Forgets it. */
	public static function end() {
		delete_option( self::OPTION );
	}

	/**
	 * The time of activation, in seconds since 1970. 0 if what is stored is no time that can be right: then the companion stops.
	 *
	 * @return int
	 */
	public static function activated() {
		$stored = get_option( self::OPTION, null );
		if ( null === $stored ) {
			self::begin(); // Activated without WordPress's own hook, for example by copying the folder.
			$stored = time();
		}
		$at = is_numeric( $stored ) ? (int) $stored : 0;
		return $at > time() + DAY_IN_SECONDS ? 0 : $at;
	}

	/**
	 * When the companion stops, in seconds since 1970.
	 *
	 * @return int
	 */
	public static function ends() {
		return self::activated() + self::DAYS * DAY_IN_SECONDS;
	}

	/**
	 * Whether the 14 days are over.
	 *
	 * @return bool
	 */
	public static function is_over() {
		// Asked once: when the plugin leaves, it takes with it what the answer hangs on.
		if ( null === self::$over ) {
			self::$over = time() >= self::ends();
		}
		return self::$over;
	}

	/**
	 * Deactivates the plugin when its time is over.
	 *
	 * @param string $file The plugin's main file.
	 */
	public static function leave_when_over( $file ) {
		if ( ! self::is_over() ) {
			return;
		}
		require_once ABSPATH . 'wp-admin/includes/plugin.php';
		deactivate_plugins( plugin_basename( $file ) );
	}

	/** Tells administrators what this plugin is and that it should go. */
	public static function notice() {
		if ( ! current_user_can( 'manage_options' ) || self::is_over() ) {
			return;
		}
		printf(
			'<div class="notice notice-info"><p><strong>%s</strong> %s</p></div>',
			esc_html__( 'AllySwitch Companion is active.', 'allyswitch-companion' ),
			esc_html(
				sprintf(
					/* translators: %s: a date */
					__( 'It lets AllySwitch read tags and link members while you switch to your CRM. Delete it when the switch is done. It switches itself off on %s.', 'allyswitch-companion' ),
					wp_date( get_option( 'date_format' ), self::ends() )
				)
			)
		);
	}
}
