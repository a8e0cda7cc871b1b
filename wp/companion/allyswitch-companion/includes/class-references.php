<?php
/**
 * Everywhere that tags are used.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * A section at a time, a page at a time.
 */
final class References {
	const SECTIONS = array( 'options', 'postmeta', 'content', 'theme', 'usermeta', 'tables' );

	/** The most that one setting may weigh, in bytes, to be unpacked within the memory that a page may use. */
	const HEAVY = 2097152;

	/**
	 * Kinds by what a name says. The first that fits.
	 */
	const KINDS = array(
		'/^_accessally_offering_\d+$/'            => 'offering',
		'/^progressally_event_\d+$/'              => 'progressally-event',
		'/^_progressally_post_meta$/'             => 'progressally-page',
		'/^_accessally_post_permission$/'         => 'page-permission',
		'/^wpf_accessally_settings$/'             => 'wp-fusion',
		'/^_?communityally/i'                     => 'community',
		'/operation/i'                            => 'custom-operation',
		'/director(y|ies)/i'                      => 'directory',
		'/team/i'                                 => 'team',
		'/protected|file/i'                       => 'protected-content',
		'/order|product|checkout|payment|opt-?in|form/i' => 'order-form',
		'/offering|course/i'                      => 'offering',
		'/event/i'                                => 'progressally-event',
	);

	/** Places whose form is documented by those who read them. */
	const CERTAIN = '/^_accessally_offering_\d+$|^progressally_event_\d+$|^_progressally_post_meta$|^wpf_accessally_settings$/';

	/**
	 * A page of a section.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array
	 */
	public static function page( $request ) {
		$section = (string) $request['section'];
		$work    = array(
			'options'  => array( Places::class, 'options' ),
			'postmeta' => array( Places::class, 'post_meta' ),
			'usermeta' => array( Places::class, 'user_meta' ),
			'tables'   => array( Places::class, 'tables' ),
			'content'  => array( Code::class, 'content' ),
			'theme'    => array( Code::class, 'theme' ),
		);
		return array( 'section' => $section ) + call_user_func( $work[ $section ], (int) $request['after'], (int) $request['limit'] );
	}

	/**
	 * The references of one place that holds a setting; or null when it cannot be read.
	 *
	 * @param string $name  The option, meta key or table.
	 * @param string $text  What is stored.
	 * @param array  $where id, title, edit.
	 * @return array|null
	 */
	public static function of( $name, $text, array $where ) {
		// Not is_serialized(): a setting that was cut off no longer looks like one to it.
		$setting = preg_match( '/^[aO]:\d+:/', $text ) ? Value::php( $text ) : $text;
		if ( null === $setting || is_object( $setting ) ) {
			return null;
		}
		if ( ! is_array( $setting ) ) {
			$json    = is_string( $setting ) ? json_decode( $setting, true ) : null;
			$setting = is_array( $json ) ? $json : array( 'value' => $setting );
		}
		if ( 'wpf_accessally_settings' === $name ) {
			return self::by_key( $setting, $name, $where );
		}
		$list = array();
		foreach ( Finder::tags_in( $setting, 1 === preg_match( Finder::TAG_KEY, $name ) ) as $found ) {
			$title  = '' === $where['title'] ? $found['title'] : $where['title'];
			$list[] = self::reference( $name, array( 'title' => $title ) + $where, $found['path'], $found['tag'] );
		}
		return $list;
	}

	/**
	 * One reference for the answer.
	 *
	 * @param string $name  The option, meta key or table.
	 * @param array  $where id, title, edit; perhaps kind.
	 * @param string $path  The place inside.
	 * @param string $tag   The tag.
	 * @return array
	 */
	public static function reference( $name, array $where, $path, $tag ) {
		return array(
			'kind'    => isset( $where['kind'] ) ? $where['kind'] : self::kind( $name, $path ),
			'certain' => isset( $where['certain'] ) ? $where['certain'] : 1 === preg_match( self::CERTAIN, $name ),
			'key'     => $name,
			'id'      => $where['id'],
			'title'   => $where['title'],
			'path'    => $path,
			'tag'     => (string) $tag,
			'known'   => '' === $tag ? null : Finder::is_known( $tag ),
			'edit'    => $where['edit'],
		);
	}

	/**
	 * The kind of a place.
	 *
	 * @param string $name The option, meta key or table.
	 * @param string $path The place inside.
	 * @return string
	 */
	public static function kind( $name, $path ) {
		if ( Known::PROGRESS_META === $name && preg_match( '/quiz|grade|survey|segment/i', $path ) ) {
			return 'progressally-quiz';
		}
		foreach ( self::KINDS as $pattern => $kind ) {
			if ( preg_match( $pattern, $name ) ) {
				return $kind;
			}
		}
		return 'setting';
	}

	/** WP Fusion's link has the tag's ID for a key. */
	private static function by_key( array $setting, $name, array $where ) {
		$list = array();
		foreach ( array_keys( $setting ) as $tag ) {
			foreach ( Finder::in_text( (string) $tag ) as $one ) {
				$list[] = self::reference( $name, $where, $one, $one );
			}
		}
		return $list;
	}
}
