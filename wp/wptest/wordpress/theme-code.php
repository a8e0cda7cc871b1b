<?php
// Code as themes have it: tag IDs written out, worked out, and mentioned in passing (accessally_has_any_tag_id("9999") in a comment is no call).
if ( ! function_exists( 'accessally_has_any_tag_id' ) ) {
	return;
}
if ( accessally_has_any_tag_id( '1001,4711' ) ) {
	echo 'Members only';
} elseif ( accessally_has_any_tag_id( "1002,$tag" ) ) {
	AccessAllyAPI::add_tag_by_wp_user_id( 1003, $user_id );
}
if ( \accessally_has_any_tag_id( '1004' ) ) {
	\AccessAllyAPI::add_tag_by_wp_user_id( 1005, $user_id );
}
