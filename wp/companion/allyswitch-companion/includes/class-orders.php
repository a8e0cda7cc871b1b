<?php
/**
 * Orders and subscriptions, where a table for them is found.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * AccessAlly's tables are not documented: a table counts only if its name says what it holds and it has columns for a contact and a status.
 */
final class Orders {
	const TABLES = array(
		'orders'        => '/order(?!.*(item|meta|log|note|form))/i',
		'subscriptions' => '/subscription(?!.*(item|meta|log|note))/i',
	);

	/** What is read, and what its column may be called. No other column is. */
	const FIELDS = array(
		'order_id'        => '/^order_?id$/i',
		'subscription_id' => '/^(subscription|gateway_subscription|stripe_subscription)_?id$/i',
		'user_id'         => '/^(wp_)?user_?id$/i',
		'contact_id'      => '/^(crm_)?contact_?id$/i',
		'email'           => '/^(customer_|contact_|user_)?e?mail(_address)?$/i',
		'status'          => '/^(order_|subscription_)?status$/i',
		'amount'          => '/^(total|amount|price|total_amount|recurring_amount)$/i',
		'currency'        => '/^currency(_code)?$/i',
		'gateway'         => '/^(payment_)?(gateway|method|processor|payment_type)$/i',
		'product'         => '/^(product|product_name|product_id)$/i',
		'created'         => '/^(created|created_at|date_created|creation_date|order_date|start_date|date|timestamp)$/i',
		'next_charge'     => '/^next_?(charge|payment|billing|due|renewal)(_?(date|time|at))?$/i',
	);

	/**
	 * The capability's line.
	 *
	 * @param string $what "orders" or "subscriptions".
	 * @return array
	 */
	public static function capability( $what ) {
		$tables = self::tables( $what );
		$line   = $tables ? Probe::found( 'table ' . $tables[0], array() ) : Probe::found( null, array( "a table of $what with a contact and a status" ) );
		return $line + array( 'tables' => $tables );
	}

	/**
	 * A page of rows.
	 *
	 * @param string           $what    "orders" or "subscriptions".
	 * @param \WP_REST_Request $request The request.
	 * @return array|\WP_Error
	 */
	public static function page( $what, $request ) {
		global $wpdb;
		$tables = self::tables( $what );
		if ( ! $tables ) {
			return Probe::unavailable( self::capability( $what )['missing'] );
		}
		$table = '' === (string) $request['table'] ? $tables[0] : (string) $request['table'];
		if ( ! in_array( $table, $tables, true ) ) {
			return new \WP_Error( 'rest_invalid_param', 'Invalid parameter(s): table', array( 'status' => 400, 'params' => array( 'table' => 'table is not one of those found.' ) ) );
		}
		$columns = array( 'id' => Tables::key( $table ) ) + Tables::pick( $table, self::FIELDS );
		$limit   = (int) $request['limit'];
		$named   = array();
		foreach ( $columns as $field => $column ) {
			$named[] = "`$column` AS `$field`";
		}
		$sql  = 'SELECT ' . implode( ', ', $named ) . " FROM `$table` WHERE `{$columns['id']}` > %d ORDER BY `{$columns['id']}` LIMIT %d";
		$rows = $wpdb->get_results( $wpdb->prepare( $sql, (int) $request['after'], $limit ), ARRAY_A ); // phpcs:ignore WordPress.DB.PreparedSQL -- names found in the database.
		return array(
			'table'   => $table,
			'columns' => $columns,
			'rows'    => $rows,
			'next'    => count( $rows ) === $limit ? (int) end( $rows )['id'] : null,
		);
	}

	/** The tables that hold this, by their names and columns. */
	private static function tables( $what ) {
		$found = array();
		foreach ( array_keys( Tables::all() ) as $table ) {
			$columns = preg_match( self::TABLES[ $what ], $table ) ? Tables::pick( $table, self::FIELDS ) : array();
			if ( isset( $columns['contact_id'], $columns['status'] ) && null !== Tables::key( $table ) ) {
				$found[] = $table;
			}
		}
		return $found;
	}
}
