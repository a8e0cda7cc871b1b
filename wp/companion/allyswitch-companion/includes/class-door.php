<?php
/**
 * Who may come in, and how.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Guards every route before WordPress looks at its parameters.
 */
final class Door {
	/** Says no to browsers and to caches in between. */
	const NO_CACHE = 'no-store, no-cache, must-revalidate, max-age=0, private';

	/** Puts the guard in front of all routes of the companion. */
	public static function guard() {
		add_filter( 'rest_pre_dispatch', array( __CLASS__, 'before' ), 1, 3 );
		add_filter( 'rest_pre_serve_request', array( __CLASS__, 'after' ), 10, 4 );
		// A byte that is no UTF-8 must not cost the whole page.
		add_filter(
			'rest_json_encode_options',
			static function ( $options, $request ) {
				return self::is_ours( $request ) ? $options | JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES : $options;
			},
			10,
			2
		);
	}

	/**
	 * Refuses who may not ask.
	 *
	 * @param mixed            $result  What an earlier filter has answered.
	 * @param \WP_REST_Server  $server  The server.
	 * @param \WP_REST_Request $request The request.
	 * @return mixed
	 */
	public static function before( $result, $server, $request ) {
		if ( ! self::is_ours( $request ) ) {
			return $result;
		}
		$allowed = self::allow();
		return true === $allowed ? $result : $allowed;
	}

	/**
	 * Whether the person asking may come in: true, or the error to answer.
	 *
	 * @return true|\WP_Error
	 */
	public static function allow() {
		if ( ! self::is_safe() ) {
			return new \WP_Error( 'allyswitch_plain_http', 'The AllySwitch companion answers over https only. Use the https address of your site.', array( 'status' => 403 ) );
		}
		if ( ! is_user_logged_in() ) {
			return new \WP_Error( 'allyswitch_not_logged_in', 'Log in as an administrator with an application password.', array( 'status' => 401 ) );
		}
		if ( ! current_user_can( 'manage_options' ) ) {
			return new \WP_Error( 'allyswitch_not_administrator', 'Only an administrator of this site may use the AllySwitch companion.', array( 'status' => 403 ) );
		}
		return true;
	}

	/**
	 * Adds the version, and keeps caches away from answers: the last word before one is sent.
	 *
	 * @param bool             $served   Whether the answer has been sent.
	 * @param mixed            $response The answer.
	 * @param \WP_REST_Request $request  The request.
	 * @param \WP_REST_Server  $server   The server.
	 * @return bool
	 */
	public static function after( $served, $response, $request, $server ) {
		if ( self::is_ours( $request ) ) {
			$server->send_header( 'X-AllySwitch-Companion', VERSION );
			$server->send_header( 'Cache-Control', self::NO_CACHE );
			// For who is logged in, WordPress sends its own after this.
			add_filter(
				'nocache_headers',
				static function ( $headers ) {
					return array( 'Cache-Control' => self::NO_CACHE ) + $headers;
				}
			);
		}
		return $served;
	}

	/**
	 * Whether a request is for one of our routes.
	 *
	 * @param mixed $request The request.
	 * @return bool
	 */
	private static function is_ours( $request ) {
		return $request instanceof \WP_REST_Request && 1 === preg_match( '#^/' . NAMESPACE_ROUTE . '(/|$)#i', $request->get_route() );
	}

	/**
	 * Whether the connection is encrypted, or does not leave the machine. A proxy in front of the site that ends https says so in a header; whoever
	 * forges it harms nobody but himself.
	 *
	 * @return bool
	 */
	private static function is_safe() {
		$forwarded = isset( $_SERVER['HTTP_X_FORWARDED_PROTO'] ) ? strtolower( trim( sanitize_text_field( wp_unslash( $_SERVER['HTTP_X_FORWARDED_PROTO'] ) ) ) ) : '';
		return is_ssl() || 'https' === $forwarded || self::is_local();
	}

	/**
	 * Whether this is a site on its developer's machine, by its settings and not by what the request says.
	 *
	 * @return bool
	 */
	private static function is_local() {
		$host = strtolower( trim( (string) wp_parse_url( get_option( 'home' ), PHP_URL_HOST ), '[]' ) );
		return 'local' === wp_get_environment_type() || 'localhost' === $host || '::1' === $host || 1 === preg_match( '/^127(\.\d{1,3}){3}$|\.localhost$/', $host );
	}
}
