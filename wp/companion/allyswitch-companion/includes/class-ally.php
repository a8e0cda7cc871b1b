<?php
/**
 * Calls AccessAlly.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Every call of AccessAlly's functions goes through here, so that a failure is an answer and never a broken page.
 */
final class Ally {
	/**
	 * What went wrong in the last call, in a few words; empty when nothing did.
	 *
	 * @var string
	 */
	private static $failure = '';

	/**
	 * Calls a static method. Null and a failure() when it throws, is not there, or answers with an error of WordPress.
	 *
	 * @param string $method As Class::method.
	 * @param mixed  ...$arguments Its arguments.
	 * @return mixed
	 */
	public static function call( $method, ...$arguments ) {
		self::$failure = '';
		try {
			$answer = call_user_func_array( explode( '::', $method ), $arguments );
		} catch ( \Throwable $thrown ) {
			self::$failure = get_class( $thrown ) . ' in ' . $method;
			return null;
		}
		if ( is_wp_error( $answer ) ) {
			self::$failure = $answer->get_error_code() . ' from ' . $method;
			return null;
		}
		return $answer;
	}

	/**
	 * What went wrong in the last call. It names the kind of error and never its text, which could hold a credential.
	 *
	 * @return string
	 */
	public static function failure() {
		return self::$failure;
	}

	/**
	 * A user's contact ID: "" for none, null for not known.
	 *
	 * @param int $user_id The user.
	 * @return string|null
	 */
	public static function contact_id( $user_id ) {
		$through = Probe::through( 'read_contact_ids' );
		if ( null === $through ) {
			return null;
		}
		$answer = self::call( $through, $user_id );
		return '' === self::$failure ? Value::contact_id( $answer ) : null;
	}

	/**
	 * A user's tags by AccessAlly's own function: null for not known.
	 *
	 * @param string $through The function.
	 * @param int    $user_id The user.
	 * @return string[]|null
	 */
	public static function tags( $through, $user_id ) {
		$answer = self::call( $through, $user_id );
		return is_array( $answer ) && isset( $answer['clean'] ) ? Value::tag_ids( $answer['clean'] ) : null;
	}

	/**
	 * The present CRM as AccessAlly calls it, or null.
	 *
	 * @return string|null
	 */
	public static function system() {
		$through = Probe::through( 'read_system' );
		if ( null === $through ) {
			return null;
		}
		$settings = false !== strpos( $through, '::' ) ? self::call( $through ) : get_option( Known::API_OPTION );
		return is_array( $settings ) && isset( $settings['system'] ) && is_string( $settings['system'] ) ? $settings['system'] : null;
	}

	/**
	 * All tags, ID => name, or null.
	 *
	 * @return array|null
	 */
	public static function tag_names() {
		$through = Probe::through( 'list_tags' );
		$list    = null === $through ? null : self::call( $through );
		if ( ! is_array( $list ) ) {
			return null;
		}
		$names = array();
		foreach ( $list as $tag ) {
			$tag = (array) $tag;
			if ( ! isset( $tag['Id'], $tag['TagName'] ) || ! is_scalar( $tag['Id'] ) || ! is_scalar( $tag['TagName'] ) ) {
				return null;
			}
			$names[ (string) $tag['Id'] ] = (string) $tag['TagName'];
		}
		return $names;
	}

	/**
	 * The error for an answer that is not understood.
	 *
	 * @param string $through Where it came from.
	 * @return \WP_Error
	 */
	public static function unreadable( $through ) {
		$why = '' === self::$failure ? 'answered in a form that is not known' : 'failed (' . self::$failure . ')';
		return new \WP_Error( 'allyswitch_unreadable', "$through $why.", array( 'status' => 500, 'through' => $through ) );
	}
}
