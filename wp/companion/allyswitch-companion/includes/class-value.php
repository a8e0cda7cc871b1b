<?php
/**
 * Turns what AccessAlly answers into the forms of our own answers.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Null is "not known"; an empty string or list is "AccessAlly says there is none".
 */
final class Value {
	/**
	 * A contact ID. Callers of AccessAlly's functions take everything that is false in PHP for "none".
	 *
	 * @param mixed $value What a function has answered.
	 * @return string|null
	 */
	public static function contact_id( $value ) {
		if ( null === $value || false === $value ) {
			return '';
		}
		if ( ! is_int( $value ) && ! is_string( $value ) ) {
			return null;
		}
		return '0' === trim( (string) $value ) ? '' : trim( (string) $value );
	}

	/**
	 * A list of tag IDs, without twins. Null unless it is a list of numbers and words.
	 *
	 * @param mixed $list What should be a list.
	 * @return string[]|null
	 */
	public static function tag_ids( $list ) {
		if ( ! is_array( $list ) ) {
			return null;
		}
		$ids = array();
		foreach ( $list as $id ) {
			if ( ! is_int( $id ) && ! is_string( $id ) ) {
				return null;
			}
			if ( '' !== (string) $id ) {
				$ids[ 't' . $id ] = (string) $id;
			}
		}
		return array_values( $ids );
	}

	/**
	 * Tag IDs written into one cell: as PHP data, as JSON or with commas. Null when it is none of these.
	 *
	 * @param string $text The cell.
	 * @return string[]|null
	 */
	public static function tag_ids_in_text( $text ) {
		$text = trim( (string) $text );
		if ( '' === $text ) {
			return array();
		}
		$list = self::php( $text );
		if ( null === $list ) {
			$list = json_decode( $text, true );
		}
		if ( is_array( $list ) ) {
			return self::tag_ids( isset( $list['ids'] ) ? $list['ids'] : $list );
		}
		return preg_match( '/^\d+(\s*,\s*\d+)*$/', $text ) ? self::tag_ids( array_map( 'trim', explode( ',', $text ) ) ) : null;
	}

	/**
	 * Reads PHP's own notation, without making objects. Null when it is not readable.
	 *
	 * @param string $text Serialized data.
	 * @return mixed
	 */
	public static function php( $text ) {
		if ( ! is_serialized( $text ) ) {
			return null;
		}
		$value = @unserialize( trim( $text ), array( 'allowed_classes' => false ) ); // phpcs:ignore WordPress.PHP.NoSilencedErrors, WordPress.PHP.DiscouragedPHPFunctions
		return false === $value ? null : $value;
	}

	/**
	 * A time as 2026-11-21T20:04:05Z.
	 *
	 * @param int $seconds Since 1970.
	 * @return string
	 */
	public static function time( $seconds ) {
		return gmdate( 'Y-m-d\TH:i:s\Z', $seconds );
	}
}
