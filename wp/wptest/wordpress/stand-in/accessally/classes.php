<?php
/**
 * The classes, and what they hold beside methods.
 *
 * @return array Class => constants and properties.
 */
function standin_classes() {
	return array(
		'AccessAlly'                    => "const VERSION = '{version}'; const CACHE_PERIOD = 86400;",
		'AccessAllyUserPermission'      => "const WP_USER_TAG_IDS = '_accessally_user_tag_ids';",
		'AccessAllyMembershipUtilities' => '',
		'AccessAllyUserTags'            => '',
		'AccessAllySettingSetup'        => '',
		'AccessAllySettingLicense'      => 'public static $accessally_enabled = true;',
		'AccessAllyAPI'                 => '',
		'AccessAllyOfferings'           => '',
	);
}
