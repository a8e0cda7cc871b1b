<?php
/**
 * Methods about users. Each is a trait of its own, so that a test can leave it out.
 */

trait AccessAllyUserPermission__get_user_contact_id {
	public static function get_user_contact_id( $user_id ) {
		return Standin_Store::is_odd( 'AccessAllyUserPermission::get_user_contact_id' ) ? array( 'what' => 'is this' ) : Standin_Store::contact( $user_id );
	}
}

trait AccessAllyUserPermission__set_user_contact_id {
	public static function set_user_contact_id( $user_id, $contact_id ) {
		if ( Standin_Store::is_odd( 'AccessAllyUserPermission::set_user_contact_id' ) ) {
			return; // Says nothing, does nothing.
		}
		echo 'debug output of another plugin';
		update_user_meta( $user_id, Standin_Store::CONTACT_META, $contact_id );
		wp_mail( 'somebody@example.com', 'Your account was linked', 'This must not be sent.' );
		do_action( 'accessally_update_user', $user_id, $contact_id );
	}
}

trait AccessAllyUserPermission__get_cleaned_user_tags {
	public static function get_cleaned_user_tags( $user_id ) {
		return Standin_Store::is_odd( 'AccessAllyUserPermission::get_cleaned_user_tags' ) ? array( 'tags' => 'none' ) : array( 'clean' => Standin_Store::tags( $user_id ) );
	}
}

trait AccessAllyUserTags__sync_user_tag_list {
	public static function sync_user_tag_list( $contact_id, $tags, $system ) {
		if ( ! Standin_Store::is_odd( 'AccessAllyUserTags::sync_user_tag_list' ) ) {
			Standin_Store::keep_tags( $contact_id, $tags, $system );
		}
	}
}

trait AccessAllyAPI__get_crm_contact_id {
	public static function get_crm_contact_id( $user_id = 0 ) {
		return Standin_Store::is_odd( 'AccessAllyAPI::get_crm_contact_id' ) ? new stdClass() : Standin_Store::contact( $user_id );
	}
}

trait AccessAllyAPI__sync_user_info_from_crm {
	public static function sync_user_info_from_crm( $user_id ) {
		Standin_Store::is_odd( 'AccessAllyAPI::sync_user_info_from_crm' );
		$contact = Standin_Store::crm_contact( Standin_Store::contact( $user_id ) );
		if ( null === $contact ) {
			return new WP_Error( 'no_such_contact', 'The CRM has no such contact.' );
		}
		Standin_Store::keep_tags( Standin_Store::contact( $user_id ), $contact['tags'], Standin_Store::system() );
		if ( isset( $contact['password'] ) ) {
			wp_set_password( $contact['password'], $user_id );
		}
		return true;
	}
}
