<?php
/**
 * Where the stand-in keeps things: where it is known, as AccessAlly does; elsewhere under names that nobody can guess.
 */
final class Standin_Store {
	const CONTACT_META = '_accessally_standin_contact_id';
	const TAGS_OPTION  = '_accessally_standin_tags';

	/** Which AccessAlly this is. */
	public static function shape() {
		return (array) get_option( 'standin_shape', array() ) + array(
			'version' => '4.1.0',
			'missing' => array(),
			'broken'  => array(),
			'odd'     => array(),
		);
	}

	/** Whether tags are in a table. */
	public static function has_table() {
		return version_compare( self::shape()['version'], '4.0', '>=' );
	}

	/** Whether a method is to behave: throws if it is broken. */
	public static function is_odd( $method ) {
		if ( in_array( $method, self::shape()['broken'], true ) ) {
			throw new RuntimeException( "$method is broken; the key was STANDIN-API-KEY" );
		}
		return in_array( $method, self::shape()['odd'], true );
	}

	/** The present CRM. */
	public static function system() {
		return (string) ( (array) get_option( '_accessally_setting_api', array() ) + array( 'system' => '' ) )['system'];
	}

	/** All tags of the present CRM. */
	public static function all_tags() {
		$all = (array) get_option( self::TAGS_OPTION, array() );
		return isset( $all[ self::system() ] ) ? $all[ self::system() ] : array();
	}

	/** A user's contact ID, "" for none. */
	public static function contact( $user_id ) {
		return (string) get_user_meta( $user_id, self::CONTACT_META, true );
	}

	/** A user's tags. */
	public static function tags( $user_id ) {
		global $wpdb;
		if ( ! self::has_table() ) {
			$kept = wp_cache_get( '_accessally_user_tag_ids', $user_id );
			$kept = is_array( $kept ) ? $kept : get_user_meta( $user_id, '_accessally_user_tag_ids', true );
			wp_cache_set( '_accessally_user_tag_ids', $kept, $user_id, 3600 );
			return is_array( $kept ) && isset( $kept['ids'] ) ? $kept['ids'] : array();
		}
		$row = $wpdb->get_var( $wpdb->prepare( "SELECT tags FROM {$wpdb->prefix}aal_user_tags WHERE contact_id = %s AND system = %s", self::contact( $user_id ), self::system() ) );
		return $row ? (array) unserialize( $row ) : array();
	}

	/** Keeps the tags of a contact. */
	public static function keep_tags( $contact_id, array $tags, $system ) {
		global $wpdb;
		if ( self::has_table() ) {
			$wpdb->replace( $wpdb->prefix . 'aal_user_tags', array( 'contact_id' => $contact_id, 'system' => $system, 'tags' => serialize( $tags ), 'updated' => current_time( 'mysql', true ) ) );
			return;
		}
		$owners = $wpdb->get_col( $wpdb->prepare( "SELECT user_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND meta_value = %s", self::CONTACT_META, $contact_id ) );
		foreach ( $owners as $user_id ) {
			$kept = array( 'ids' => $tags, 'updated' => time() );
			update_user_meta( $user_id, '_accessally_user_tag_ids', $kept );
			wp_cache_set( '_accessally_user_tag_ids', $kept, $user_id, 3600 );
		}
	}

	/** A contact in the made-up CRM, or null. */
	public static function crm_contact( $contact_id ) {
		$crm = (array) get_option( 'standin_crm', array() );
		return isset( $crm[ $contact_id ] ) ? (array) $crm[ $contact_id ] : null;
	}

	/** The tables of 4.0, and made-up ones for order forms, orders and subscriptions. */
	public static function make_tables() {
		global $wpdb;
		$charset = $wpdb->get_charset_collate();
		$wpdb->query( "CREATE TABLE IF NOT EXISTS {$wpdb->prefix}aal_user_tags (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, contact_id varchar(64) NOT NULL, system varchar(40) NOT NULL, tags longtext, updated datetime, UNIQUE KEY contact (contact_id, system)) $charset" );
		$wpdb->query( "CREATE TABLE IF NOT EXISTS {$wpdb->prefix}aal_order_forms (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(200), success_tags text, stop_tag varchar(40)) $charset" );
		$wpdb->query( "CREATE TABLE IF NOT EXISTS {$wpdb->prefix}aal_orders (order_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, contact_id varchar(64), email varchar(100), status varchar(20), total decimal(10,2), currency char(3), gateway varchar(20), created datetime, card_token varchar(80)) $charset" );
		$wpdb->query( "CREATE TABLE IF NOT EXISTS {$wpdb->prefix}aal_subscriptions (subscription_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, order_id bigint unsigned, contact_id varchar(64), status varchar(20), recurring_amount decimal(10,2), gateway varchar(20), next_charge_date datetime, stripe_secret varchar(80)) $charset" );
	}

	/** Drops the tables that the shape does not have. */
	public static function drop_tables( array $names ) {
		global $wpdb;
		foreach ( $names as $name ) {
			$wpdb->query( 'DROP TABLE IF EXISTS `' . $wpdb->prefix . preg_replace( '/\W/', '', $name ) . '`' );
		}
	}

	/** Declares each class with the methods that are not missing: a method is a trait in methods/, named after class and method. */
	public static function declare_classes() {
		$missing = self::shape()['missing'];
		foreach ( standin_classes() as $class => $rest ) {
			if ( in_array( $class, $missing, true ) ) {
				continue;
			}
			$body = str_replace( '{version}', preg_replace( '/[^0-9.]/', '', self::shape()['version'] ), $rest );
			foreach ( preg_grep( "/^{$class}__/i", get_declared_traits() ) as $trait ) {
				$method = substr( $trait, strlen( $class ) + 2 );
				if ( ! in_array( "$class::$method", $missing, true ) ) {
					$body .= " use $trait;";
				}
			}
			eval( "class $class { $body }" );
		}
	}
}
