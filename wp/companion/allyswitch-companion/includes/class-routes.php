<?php
/**
 * The routes.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * What can be asked, and with which parameters.
 */
final class Routes {
	/** The most items of one request. */
	const LIMITS = array(
		'users'          => 2000,
		'lookup'         => 2000,
		'contact_ids'    => 1000,
		'refresh'        => 25,
		'cached_tags'    => 500,
		'tag_references' => 500,
		'access_rules'   => 500,
		'teams'          => 1000,
		'orders'         => 1000,
	);

	/** Puts all routes up. */
	public static function register() {
		self::add( 'GET', '/environment', array( Environment::class, 'answer' ), array() );
		self::add( 'GET', '/users', array( Users::class, 'page' ), self::paging( 'users' ) + self::with() + self::since() + self::up_to() );
		self::add( 'POST', '/users/lookup', array( Users::class, 'lookup' ), self::lookup() + self::with() );
		self::add( 'GET', '/users/invalid', array( Users::class, 'invalid' ), self::paging( 'users' ) );
		self::add( 'GET', '/change-mark', array( Change_Mark::class, 'answer' ), array() );
		self::add( 'GET', '/tags', array( __CLASS__, 'tags' ), array() );
		self::add( 'GET', '/offerings', array( Offerings::class, 'answer' ), array() );
		self::add( 'GET', '/tag-references', array( References::class, 'page' ), self::paging( 'tag_references' ) + self::section() );
		self::add( 'GET', '/access-rules', array( Rules::class, 'page' ), self::paging( 'access_rules' ) );
		self::add( 'GET', '/teams', array( Teams::class, 'page' ), self::paging( 'teams' ) );
		self::add( 'GET', '/inventory', array( Inventory::class, 'answer' ), array() );
		foreach ( array( 'orders', 'subscriptions' ) as $what ) {
			$page = static function ( $request ) use ( $what ) {
				return Orders::page( $what, $request );
			};
			self::add( 'GET', "/$what", $page, self::paging( 'orders' ) + array( 'table' => self::text( '^\w{1,64}\z' ) ) );
		}
		self::add( 'POST', '/contact-ids', array( Links::class, 'set' ), self::system() + self::links() );
		self::add( 'POST', '/refresh', array( Refresh::class, 'users' ), self::system() + self::refresh() );
		self::add( 'POST', '/cached-tags', array( Cached_Tags::class, 'restore' ), self::system() + self::changes() );
	}

	/**
	 * All tags, for the answer.
	 *
	 * @return array|\WP_Error
	 */
	public static function tags() {
		$refusal = Probe::refusal( 'list_tags' );
		if ( $refusal ) {
			return $refusal;
		}
		$names = Ally::tag_names();
		if ( null === $names ) {
			return Ally::unreadable( Probe::through( 'list_tags' ) );
		}
		$tags = array();
		foreach ( $names as $id => $name ) {
			$tags[] = array(
				'id'   => (string) $id,
				'name' => $name,
			);
		}
		return array(
			'tags'    => $tags,
			'system'  => Ally::system(),
			'through' => Probe::through( 'list_tags' ),
		);
	}

	/**
	 * The error for too many items.
	 *
	 * @param int $limit How many there may be.
	 * @return \WP_Error
	 */
	public static function too_many( $limit ) {
		return new \WP_Error( 'allyswitch_too_many', "At most $limit at a time. Nothing was done.", array( 'status' => 400, 'limit' => $limit ) );
	}

	/**
	 * What an answer has cost.
	 *
	 * @param float $started When the work began.
	 * @return array
	 */
	public static function cost( $started ) {
		return array(
			'memory'  => memory_get_peak_usage( true ),
			'seconds' => round( microtime( true ) - $started, 4 ),
			'queries' => get_num_queries(),
		);
	}

	/**
	 * Puts one route up. Whatever other code prints meanwhile does not get into the answer. A query that fails gives an empty list in WordPress: what was read
	 * meanwhile is not known, and must not be told as "none".
	 */
	private static function add( $method, $route, callable $answer, array $parameters ) {
		$reads = 'GET' === $method || '/users/lookup' === $route;
		register_rest_route(
			NAMESPACE_ROUTE,
			$route,
			array(
				'methods'             => $method,
				'permission_callback' => array( Door::class, 'allow' ),
				'args'                => $parameters,
				'callback'            => static function ( $request ) use ( $answer, $reads ) {
					defined( 'DONOTCACHEPAGE' ) || define( 'DONOTCACHEPAGE', true );
					$before = self::failed_queries();
					ob_start();
					try {
						$told = $answer( $request );
						return $reads && self::failed_queries() > $before ? self::database_failed() : $told;
					} catch ( \Throwable $thrown ) {
						// Its text stays here: it may hold what is nobody's business.
						return new \WP_Error( 'allyswitch_failed', 'The companion stumbled: ' . get_class( $thrown ) . ' in ' . basename( $thrown->getFile() ) . ':' . $thrown->getLine() . '.', array( 'status' => 500 ) );
					} finally {
						ob_end_clean();
					}
				},
			)
		);
	}

	/** How many queries of this request have failed so far: WordPress keeps a list, whether it shows them or not. */
	private static function failed_queries() {
		return isset( $GLOBALS['EZSQL_ERROR'] ) ? count( (array) $GLOBALS['EZSQL_ERROR'] ) : 0;
	}

	/** The error for an answer in the middle of which the database has failed. Its own words stay on the site. */
	private static function database_failed() {
		return new \WP_Error( 'allyswitch_database', 'The database of the site failed while this was read, so the answer is not known.', array( 'status' => 500 ) );
	}

	/** `after` and `limit`. */
	private static function paging( $what ) {
		return array(
			'after' => array(
				'type'    => 'integer',
				'minimum' => 0,
				'default' => 0,
			),
			'limit' => array(
				'type'    => 'integer',
				'minimum' => 1,
				'maximum' => self::LIMITS[ $what ],
				'default' => self::LIMITS[ $what ],
			),
		);
	}

	/** `with`. */
	private static function with() {
		return array( 'with' => self::text( '^((contact_id|tags)(,(contact_id|tags))?)?\z' ) + array( 'default' => 'contact_id,tags' ) );
	}

	/** `registered_since`. */
	private static function since() {
		return array( 'registered_since' => self::text( '^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?)?\z' ) );
	}

	/** `up_to`. */
	private static function up_to() {
		return array(
			'up_to' => array(
				'type'    => 'integer',
				'minimum' => 0,
				'default' => 0,
			),
		);
	}

	/** `section`. */
	private static function section() {
		return array(
			'section' => array(
				'type'     => 'string',
				'enum'     => References::SECTIONS,
				'required' => true,
			),
		);
	}

	/** `ids` and `emails`. */
	private static function lookup() {
		return array(
			'ids'    => self::list_of( self::id() ),
			'emails' => self::list_of(
				array(
					'type'      => 'string',
					'maxLength' => 100,
				)
			),
		);
	}

	/** `system`. */
	private static function system() {
		return array( 'system' => array( 'type' => array( 'string', 'null' ) ) + self::text( '^[A-Za-z0-9_-]{0,40}\z' ) );
	}

	/** `links` and `dry_run`. */
	private static function links() {
		$link = array(
			'type'                 => 'object',
			'additionalProperties' => false,
			'properties'           => array(
				'user_id'    => self::id() + array( 'required' => true ),
				'contact_id' => self::text( '^[A-Za-z0-9_-]{0,64}\z' ) + array( 'required' => true ),
				'expected'   => array(
					'type'      => array( 'string', 'null' ),
					'maxLength' => 200,
				),
			),
		);
		return array(
			'links'   => self::list_of( $link ) + array( 'required' => true ),
			'dry_run' => array(
				'type'    => 'boolean',
				'default' => false,
			),
		);
	}

	/** `ids` and `keep_passwords`. */
	private static function refresh() {
		return array(
			'ids'            => self::list_of( self::id() ) + array( 'required' => true ),
			'keep_passwords' => array(
				'type'    => 'boolean',
				'default' => true,
			),
		);
	}

	/** `changes`. */
	private static function changes() {
		$tags   = self::list_of(
			array(
				'type'      => 'string',
				'minLength' => 1,
				'maxLength' => 200,
			)
		);
		$change = array(
			'type'                 => 'object',
			'additionalProperties' => false,
			'properties'           => array(
				'user_id'  => self::id() + array( 'required' => true ),
				'tags'     => $tags + array( 'required' => true ),
				'expected' => array( 'type' => array( 'array', 'null' ) ) + $tags,
			),
		);
		return array( 'changes' => self::list_of( $change ) + array( 'required' => true ) );
	}

	/** A user's ID. */
	private static function id() {
		return array(
			'type'    => 'integer',
			'minimum' => 1,
		);
	}

	/** A text of a form. */
	private static function text( $pattern ) {
		return array(
			'type'    => 'string',
			'pattern' => $pattern,
		);
	}

	/** A list. */
	private static function list_of( array $items ) {
		return array(
			'type'  => 'array',
			'items' => $items,
		);
	}
}
