<?php
/**
 * Finds tag IDs inside settings.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Walks through a setting of any shape. Only what can be a tag ID comes out: a number, or a tag that the site knows. Nothing else of a setting does.
 */
final class Finder {
	/** Keys below which tag IDs are looked for: complete-tag, action_tags, tagId. */
	const TAG_KEY = '/(^|[-_ ])tags?([-_ ]|$)|^tags?(id|ids)$/i';

	/** Keys beside a tag that hold numbers of another kind. */
	const OTHER_KEY = '/name|label|title|day|delay|time|count|order|position|check|type|select|color|url/i';

	/**
	 * The tags named in a setting: path and tag of each, and the name of what they belong to: the outermost `name` or `title` around them.
	 *
	 * @param mixed $setting   The setting.
	 * @param bool  $below_tag Whether the setting's own name speaks of tags.
	 * @return array
	 */
	public static function tags_in( $setting, $below_tag = false ) {
		$found = array();
		self::walk( $setting, array(), $below_tag, '', $found );
		return $found;
	}

	/**
	 * Whether this tag is among the site's: null when they cannot be listed.
	 *
	 * @param string $tag The tag.
	 * @return bool|null
	 */
	public static function is_known( $tag ) {
		static $names = false;
		if ( false === $names ) {
			$names = Ally::tag_names();
		}
		return null === $names ? null : array_key_exists( $tag, $names );
	}

	/**
	 * The tags written in a text such as "104,2207". Empty when it is something else.
	 *
	 * @param string $text The text.
	 * @return string[]
	 */
	public static function in_text( $text ) {
		$text = trim( $text );
		if ( '' === $text || '0' === $text ) {
			return array();
		}
		if ( preg_match( '/^\d{1,19}(\s*,\s*\d{1,19})*$/', $text ) ) {
			return array_map( 'trim', explode( ',', $text ) );
		}
		return self::is_known( $text ) ? array( $text ) : array_values( array_filter( array_map( 'trim', explode( ',', $text ) ), array( __CLASS__, 'is_known' ) ) );
	}

	/** Goes down, remembering whether a key above speaks of tags. */
	private static function walk( $value, array $path, $below_tag, $title, array &$found ) {
		if ( is_array( $value ) && count( $path ) < 12 ) {
			if ( isset( $value['Id'], $value['TagName'] ) ) {
				return; // The list of all tags is no use of a tag.
			}
			$title = '' === $title ? self::title( $value ) : $title;
			foreach ( $value as $key => $inner ) {
				$tag_key = is_string( $key ) && preg_match( self::TAG_KEY, $key );
				$other   = is_string( $key ) && ! $tag_key && preg_match( self::OTHER_KEY, $key );
				self::walk( $inner, array_merge( $path, array( self::plain( $key ) ) ), $tag_key || ( $below_tag && ! $other ), $title, $found );
			}
		} elseif ( $below_tag && ( is_int( $value ) || is_string( $value ) ) ) {
			foreach ( self::in_text( (string) $value ) as $tag ) {
				$found[] = array(
					'path'  => implode( '.', $path ),
					'tag'   => $tag,
					'title' => $title,
				);
			}
		}
	}

	/** What a part of a setting is called, "" if it does not say. */
	private static function title( array $value ) {
		foreach ( array( 'name', 'title' ) as $key ) {
			if ( isset( $value[ $key ] ) && is_string( $value[ $key ] ) ) {
				return mb_substr( $value[ $key ], 0, 200 );
			}
		}
		return '';
	}

	/** A key without anything that could do harm where it is shown. */
	private static function plain( $key ) {
		return substr( preg_replace( '/[^A-Za-z0-9_ -]/', '?', (string) $key ), 0, 60 );
	}
}
