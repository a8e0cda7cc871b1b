<?php
/*
 * Puts the made-up site into WordPress, as imports and plugins leave it: straight into the tables, since WordPress's own screens would refuse the awkward ones.
 * All in bulk: 20,000 people take a few seconds.
 */

/** Text for SQL. */
function quoted( $text ) {
	global $wpdb;
	return "'" . mysqli_real_escape_string( $wpdb->dbh, (string) $text ) . "'";
}

/** Adds rows in one go, replacing those of the same key. */
function put_rows( $table, $columns, array $rows ) {
	global $wpdb;
	foreach ( array_chunk( $rows, 2000 ) as $chunk ) {
		if ( ! mysqli_query( $wpdb->dbh, "REPLACE INTO $table ($columns) VALUES " . implode( ',', $chunk ) ) ) {
			fwrite( STDERR, 'start: ' . mysqli_error( $wpdb->dbh ) . "\n" );
			exit( 1 );
		}
	}
}

/** The tags' IDs: 1001, 1002 … in order of name. */
function tag_ids( array $seed ) {
	$names = array();
	foreach ( $seed['offerings'] as $offering ) {
		array_push( $names, ...array_values( array_intersect_key( $offering, array_flip( array( 'base', 'instant', 'revoke' ) ) ) ), ...array_values( $offering['modules'] ?? array() ) );
	}
	foreach ( $seed['people'] as $person ) {
		array_push( $names, ...(array) $person['tags'] );
	}
	$names = array_values( array_unique( array_filter( $names ) ) );
	sort( $names );
	return array_combine( $names, range( 1001, 1000 + count( $names ) ) );
}

/** The people, but for the administrator, who is there. */
function seed_people( array $people ) {
	global $wpdb;
	$hash = wp_hash_password( wp_generate_password() ); // One for all: nobody logs in as these.
	$wpdb->query( "DELETE FROM {$wpdb->usermeta} WHERE user_id > 2" );
	$wpdb->query( "DELETE FROM {$wpdb->users} WHERE ID > 2" );
	$users = $meta = array();
	foreach ( $people as $person ) {
		if ( 1 === $person['id'] ) {
			$wpdb->update( $wpdb->users, array( 'user_registered' => $person['registered'] ), array( 'ID' => 1 ) );
			continue;
		}
		$display = trim( $person['first_name'] . ' ' . $person['last_name'] );
		$display = mb_substr( '' === $display ? $person['login'] : $display, 0, 250 );
		$users[] = '(' . implode( ',', array( $person['id'], quoted( $person['login'] ), quoted( $hash ), quoted( mb_substr( sanitize_title( $person['login'] ), 0, 50 ) ), quoted( $person['email'] ), "''", quoted( $person['registered'] ), "''", 0, quoted( $display ) ) ) . ')';
		foreach ( usual_meta( $person ) as $key => $value ) {
			$meta[] = "({$person['id']}," . quoted( $key ) . ',' . quoted( $value ) . ')';
		}
	}
	put_rows( $wpdb->users, 'ID,user_login,user_pass,user_nicename,user_email,user_url,user_registered,user_activation_key,user_status,display_name', $users );
	put_rows( $wpdb->usermeta, 'user_id,meta_key,meta_value', $meta );
}

/** What WordPress keeps of every user. */
function usual_meta( array $person ) {
	global $wpdb;
	return array(
		'nickname'                    => $person['login'],
		'first_name'                  => $person['first_name'],
		'last_name'                   => $person['last_name'],
		'description'                 => $person['biography'],
		'rich_editing'                => 'true',
		'syntax_highlighting'         => 'true',
		'comment_shortcuts'           => 'false',
		'admin_color'                 => 'fresh',
		'use_ssl'                     => '0',
		'show_admin_bar_front'        => 'true',
		'locale'                      => '',
		"{$wpdb->prefix}capabilities" => serialize( array_fill_keys( $person['roles'], true ) ),
		"{$wpdb->prefix}user_level"   => '0',
	);
}

/** What AccessAlly and ProgressAlly would keep: contacts, tags, offerings, and tags in every place where they are known to live. */
function seed_offerings( array $seed ) {
	$ids = tag_ids( $seed );
	$all = array();
	foreach ( $ids as $name => $id ) {
		$all[] = array( 'Id' => $id, 'TagName' => $name );
	}
	update_option( '_accessally_standin_tags', array( 'convertkit' => $all ), false );
	update_option( '_accessally_setting_api', array( 'system' => 'convertkit', 'api-key' => 'STANDIN-API-KEY', 'api-secret' => 'STANDIN-API-SECRET', 'handshake' => 'STANDIN-HANDSHAKE' ) );
	seed_contacts( $seed['people'], $ids );
	foreach ( $seed['offerings'] as $n => $offering ) {
		seed_offering( $n + 1, $offering, $ids );
	}
	seed_places( $ids );
}

/** Contact IDs and tags. Some have none, and one has what AccessAlly writes when something went wrong. */
function seed_contacts( array $people, array $ids ) {
	global $wpdb;
	$meta = $rows = array();
	foreach ( $people as $person ) {
		$contact = (string) ( 500000 + $person['id'] );
		$contact = array( 'twin2' => '', 'empty' => '', 'admin' => '', 'invalid' => 'error' )[ $person['login'] ] ?? $contact;
		if ( '' === $contact ) {
			continue;
		}
		$meta[] = "({$person['id']}," . quoted( Standin_Store::CONTACT_META ) . ',' . quoted( $contact ) . ')';
		$tags   = array_map( function ( $name ) use ( $ids ) {
			return $ids[ $name ];
		}, (array) $person['tags'] );
		$rows[] = '(' . quoted( $contact ) . ",'convertkit'," . quoted( serialize( $tags ) ) . ",'2026-01-02 03:04:05')";
	}
	$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->usermeta} WHERE meta_key = %s", Standin_Store::CONTACT_META ) );
	$wpdb->query( "TRUNCATE {$wpdb->prefix}aal_user_tags" );
	put_rows( $wpdb->usermeta, 'user_id,meta_key,meta_value', $meta );
	put_rows( "{$wpdb->prefix}aal_user_tags", 'contact_id,system,tags,updated', $rows );
}

/** One offering, with its pages. */
function seed_offering( $number, array $offering, array $ids ) {
	$setting = function ( $name ) use ( $ids ) {
		return array( 'tag' => '' === (string) $name ? '' : $ids[ $name ], 'name' => (string) $name );
	};
	$tags = array();
	foreach ( array( 'base', 'instant', 'revoke' ) as $what ) {
		$tags[ $what ] = $setting( $offering[ $what ] ?? '' );
	}
	foreach ( $offering['modules'] ?? array() as $module => $name ) {
		$tags[ "module-$module" ] = $setting( $name );
	}
	$pages = array();
	foreach ( $offering['pages'] as $n => $page ) {
		seed_post( $page['id'], 'page', $page['title'], "Welcome to {$page['title']}." );
		update_post_meta( $page['id'], '_accessally_course_key', "_accessally_offering_$number" );
		$pages[ $n + 1 ] = array( 'page-template-select' => (string) $page['id'], 'module' => (string) ( ( $page['module'] ?? '' ) ?: '0' ) );
	}
	update_option( "_accessally_offering_$number", array( 'name' => $offering['name'], 'system' => 'convertkit', 'tags' => $tags, 'pages' => $pages, 'page-order' => array_keys( $pages ), 'enabled-icon-url' => '' ), false );
}

/** A post with this very ID. */
function seed_post( $id, $type, $title, $content ) {
	$post = array( 'post_type' => $type, 'post_title' => $title, 'post_content' => $content, 'post_status' => 'publish' );
	get_post( $id ) ? wp_update_post( $post + array( 'ID' => $id ) ) : wp_insert_post( wp_slash( $post ) + array( 'import_id' => $id ) );
}

/** Tags wherever they are known to live, known ones and one that no longer exists (4711). */
function seed_places( array $ids ) {
	global $wpdb;
	list( $first, $second, $third ) = array_values( $ids );
	update_option( 'progressally_event_1', array( 'name' => 'First login', 'select-trigger-type' => 'login', 'select-action-type' => 'tag', 'action-tag' => array( $first ) ), false );
	update_option( '_accessally_setting_custom_operation', array( 'operations' => array( 1 => array( 'name' => 'Release', 'add-tags' => array( $second ), 'remove-tags' => '4711' ) ) ), false );
	update_option( '_accessally_setting_protected_content', array( 'files' => array( array( 'path' => 'secret.pdf', 'required-tag' => $third ) ) ), false );
	update_option( '_accessally_setting_directory', array( array( 'name' => 'Graduates', 'has-tags' => "$first,$second" ) ), false );
	update_option( '_accessally_team_1', array( 'name' => 'Company', 'leader-tag' => $first, 'member-tag' => $second, 'day-count' => 30 ), false );
	update_option( '_accessally_setting_license', array( 'license-tag' => 999999 ), false );
	update_option( 'wpf_accessally_settings', array( $third => array( 'active' => true, 'wpf_tag' => array( 'Somewhere else' ) ) ), false );
	update_user_meta( 4, 'accessally_team_admin_1', array( 'leader-tag' => $first ) );
	update_user_meta( 7, 'accessally_team_child_1', '1' );
	update_user_meta( 10, 'accessally_team_child_1', '1' );
	update_post_meta( 101, '_progressally_post_meta', array( 'complete-tag' => array( $first ), 'fb-automation-tag' => '', 'completion-custom-operation' => '1', 'quiz' => array( 'grade-outcome-pass-tag' => $second, 'grade-outcome-fail-tag' => '4711' ), 'objective-count' => 12 ) );
	update_post_meta( 102, '_accessally_post_permission', array( 'require-login' => 'yes', 'has-tags' => array( $second ), 'enable-url' => 'https://example.com/1001.png' ) );
	$wpdb->replace( $wpdb->postmeta, array( 'meta_id' => 900001, 'post_id' => 103, 'meta_key' => '_accessally_post_permission', 'meta_value' => 'a:2:{s:13:"require-login";s:3:"yes"' ) ); // Cut off, as a failed import leaves it.
	seed_post( 150, 'page', 'Offers <b>now</b>', "[accessally_has_tag has_tag='$first,4711' title='1002']For members[/accessally_has_tag] [accessally_order_form id=\"7\"]" );
	$wpdb->query( "TRUNCATE {$wpdb->prefix}aal_order_forms" );
	$wpdb->insert( "{$wpdb->prefix}aal_order_forms", array( 'name' => 'Yoga', 'success_tags' => serialize( array( $first ) ), 'stop_tag' => '4711' ) );
	seed_orders( (string) ( 500000 + 4 ) );
}

/** Two orders, one of them with a subscription. What looks like a card must never leave the site. */
function seed_orders( $contact ) {
	global $wpdb;
	foreach ( array( 'aal_orders', 'aal_subscriptions' ) as $table ) {
		$wpdb->query( "TRUNCATE {$wpdb->prefix}$table" );
	}
	foreach ( array( 'complete', 'refunded' ) as $status ) {
		$wpdb->insert( "{$wpdb->prefix}aal_orders", array( 'contact_id' => $contact, 'email' => 'plus.first+vip@example.com', 'status' => $status, 'total' => '49.00', 'currency' => 'USD', 'gateway' => 'stripe', 'created' => '2026-01-02 03:04:05', 'card_token' => 'STANDIN-CARD-TOKEN' ) );
	}
	$wpdb->insert( "{$wpdb->prefix}aal_subscriptions", array( 'order_id' => 1, 'contact_id' => $contact, 'status' => 'active', 'recurring_amount' => '49.00', 'gateway' => 'stripe', 'next_charge_date' => '2026-12-02 00:00:00', 'stripe_secret' => 'STANDIN-CARD-TOKEN' ) );
}
