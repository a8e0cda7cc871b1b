<?php
/**
 * Reads which pages are guarded, and by what.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * Access rules by page.
 */
final class Rules {
	/**
	 * A page of rules, by post ID.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array|\WP_Error
	 */
	public static function page( $request ) {
		$refusal   = Probe::refusal( 'read_offerings' );
		$offerings = $refusal ? null : Offerings::all();
		if ( null === $offerings ) {
			return $refusal ? $refusal : Ally::unreadable( Probe::through( 'read_offerings' ) );
		}
		$openers = self::openers( $offerings );
		$limit   = (int) $request['limit'];
		$ids     = self::guarded( (int) $request['after'], $limit, array_keys( $openers ) );
		_prime_post_caches( $ids, false, true );
		$rules = array();
		foreach ( $ids as $id ) {
			$rules[] = self::rule( $id, isset( $openers[ $id ] ) ? $openers[ $id ] : array() );
		}
		return array(
			'rules'   => $rules,
			'next'    => count( $ids ) === $limit ? end( $ids ) : null,
			'through' => Probe::through( 'read_offerings' ),
		);
	}

	/**
	 * What is said of a post everywhere.
	 *
	 * @param int $id The post.
	 * @return array
	 */
	public static function post( $id ) {
		$post = get_post( $id );
		return array(
			'id'     => (int) $id,
			'title'  => $post ? $post->post_title : '',
			'type'   => $post ? $post->post_type : '',
			'status' => $post ? $post->post_status : 'missing',
			'url'    => $post ? (string) get_permalink( $post ) : '',
		);
	}

	/** For each post the offerings that hold it, with the tags that open and close it there. */
	private static function openers( array $offerings ) {
		$openers = array();
		foreach ( $offerings as $key => $settings ) {
			$tags = Offerings::tags( $settings );
			foreach ( Offerings::pages( $settings ) as $page ) {
				$openers[ $page['id'] ][] = array(
					'key'     => (string) $key,
					'module'  => $page['module'],
					'any_of'  => self::any_of( $tags, $page['module'] ),
					'none_of' => $tags['revoke'],
				);
			}
		}
		return $openers;
	}

	/** The instant tag, and the module's tag or, where the module has none, the base tag. */
	private static function any_of( array $tags, $module ) {
		$modules = (array) $tags['modules'];
		$own     = array_key_exists( $module, $modules ) ? $modules[ $module ] : array();
		if ( null === $own || null === $tags['instant'] || ( array() === $own && null === $tags['base'] ) ) {
			return null;
		}
		return Value::tag_ids( array_merge( $tags['instant'], array() === $own ? $tags['base'] : $own ) );
	}

	/** The posts that are guarded, after an ID: those with a setting of their own, and those in an offering. */
	private static function guarded( $after, $limit, array $in_offerings ) {
		global $wpdb;
		$with_setting = $wpdb->get_col(
			$wpdb->prepare(
				"SELECT DISTINCT m.post_id FROM {$wpdb->postmeta} m JOIN {$wpdb->posts} p ON p.ID = m.post_id
				WHERE m.meta_key IN (%s, %s) AND m.post_id > %d AND p.post_type <> 'revision' ORDER BY m.post_id LIMIT %d",
				Known::PERMISSION_META,
				Known::OFFERING_META,
				$after,
				$limit
			)
		);
		$later = array_filter(
			$in_offerings,
			static function ( $id ) use ( $after ) {
				return $id > $after;
			}
		);
		$ids = array_unique( array_map( 'intval', array_merge( $with_setting, $later ) ) );
		sort( $ids );
		return array_slice( $ids, 0, $limit );
	}

	/** The rule of one post. */
	private static function rule( $id, array $offerings ) {
		$setting = get_post_meta( $id, Known::PERMISSION_META, true );
		$login   = null;
		if ( is_array( $setting ) && isset( $setting['require-login'] ) && is_scalar( $setting['require-login'] ) ) {
			$login = 'yes' === $setting['require-login'];
		}
		$tags = array();
		foreach ( is_array( $setting ) ? Finder::tags_in( $setting ) : array() as $found ) {
			$tags[] = array(
				'path' => $found['path'],
				'tag'  => $found['tag'],
			);
		}
		return self::post( $id ) + array(
			'offerings'       => $offerings,
			'require_login'   => $login,
			'permission_tags' => $tags,
		);
	}
}
