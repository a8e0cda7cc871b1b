<?php
/**
 * What is known of AccessAlly: the names that the companion looks for.
 *
 * @package AllySwitch
 */

namespace AllySwitch\Companion;

/**
 * AccessAlly publishes no interface. These names are those that its maker's other plugin (ProgressAlly) and plugins of others (WP Fusion, themes) call or read.
 * Each is looked for before it is used.
 */
final class Known {
	/** Capabilities, and the static methods that give them, best first. All must be there for those with "all". */
	const METHODS = array(
		'read_contact_ids'     => array( 'AccessAllyUserPermission::get_user_contact_id', 'AccessAllyAPI::get_crm_contact_id' ),
		'read_tags'            => array( 'AccessAllyUserPermission::get_cleaned_user_tags' ),
		'list_tags'            => array( 'AccessAllyMembershipUtilities::get_all_tags', 'AccessAllyAPI::get_all_tags' ),
		'read_system'          => array( 'AccessAllySettingSetup::get_api_settings' ),
		'read_offerings'       => array( 'AccessAllyOfferings::get_all_offering_settings' ),
		'set_contact_ids'      => array( 'AccessAllyUserPermission::set_user_contact_id' ),
		'refresh_users'        => array( 'AccessAllyAPI::sync_user_info_from_crm' ),
		'restore_cached_tags'  => array( 'AccessAllyUserTags::sync_user_tag_list' ),
	);

	/** Gives the tag of an offering's tag setting. */
	const TAG_OF_SETTING = 'AccessAllyOfferings::get_configured_tag_value';

	/** The option that holds the CRM's name beside its credentials. Only its `system` is ever looked at. */
	const API_OPTION = '_accessally_setting_api';

	/** An offering's option, with its number behind. */
	const OFFERING_OPTION = '_accessally_offering_';

	/** Where user tags are before AccessAlly 4.0. */
	const TAGS_META = '_accessally_user_tag_ids';

	/** Where user tags are from AccessAlly 4.0, behind the site's prefix. */
	const TAGS_TABLE = 'aal_user_tags';

	/** A page's offering, and its permission. */
	const OFFERING_META   = '_accessally_course_key';
	const PERMISSION_META = '_accessally_post_permission';

	/** Who leads and who is in a legacy team: the team's ID stands behind. */
	const TEAM_META = '/^accessally_team_(admin|child)_(.+)$/';

	/** ProgressAlly's page settings. */
	const PROGRESS_META = '_progressally_post_meta';

	/** Names that belong to AccessAlly or its sisters. */
	const NAMES = '/^_?(accessally|progressally|communityally|aal_|wpf_accessally)/i';

	/** Names that hold no tags but things that are nobody's business. */
	const SECRET_NAMES = '/^_accessally_setting_api$|licen[cs]e|transient|password|handshake|secret/i';
}
