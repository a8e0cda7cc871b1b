<?php
/**
 * Methods about tags, settings and offerings.
 */

trait AccessAllyMembershipUtilities__get_all_tags {
	public static function get_all_tags() {
		return Standin_Store::is_odd( 'AccessAllyMembershipUtilities::get_all_tags' ) ? array( array( 'id' => 1 ) ) : Standin_Store::all_tags();
	}
}

trait AccessAllyAPI__get_all_tags {
	public static function get_all_tags() {
		return Standin_Store::is_odd( 'AccessAllyAPI::get_all_tags' ) ? false : Standin_Store::all_tags();
	}
}

trait AccessAllySettingSetup__get_api_settings {
	public static function get_api_settings() {
		return Standin_Store::is_odd( 'AccessAllySettingSetup::get_api_settings' ) ? 'nothing' : (array) get_option( '_accessally_setting_api', array() );
	}
}

trait AccessAllyOfferings__get_all_offering_settings {
	public static function get_all_offering_settings() {
		if ( Standin_Store::is_odd( 'AccessAllyOfferings::get_all_offering_settings' ) ) {
			return null;
		}
		global $wpdb;
		$all = array();
		foreach ( $wpdb->get_col( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE '\\_accessally\\_offering\\_%' ORDER BY option_id" ) as $name ) {
			$all[ $name ] = get_option( $name );
		}
		return $all;
	}
}

trait AccessAllyOfferings__get_configured_tag_value {
	public static function get_configured_tag_value( $config ) {
		if ( Standin_Store::is_odd( 'AccessAllyOfferings::get_configured_tag_value' ) ) {
			return new stdClass();
		}
		return is_array( $config ) && ! empty( $config['tag'] ) ? $config['tag'] : false;
	}
}
