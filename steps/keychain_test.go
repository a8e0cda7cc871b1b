package steps

import (
	"errors"
	"testing"

	"allyswitch/crm/registry"
	"allyswitch/wizard/checkpoint"
)

// drawer is a keychain in memory.
type drawer struct {
	held  map[string]string
	stuck bool
}

func (d *drawer) Get(account, key string) (string, error) {
	if value, ok := d.held[account+key]; ok {
		return value, nil
	}
	return "", errors.New("not there")
}

func (d *drawer) Set(account, key, value string) error {
	if d.stuck {
		return errors.New("the drawer is stuck")
	}
	d.held[account+key] = value
	return nil
}

func (d *drawer) Delete(account, key string) error {
	delete(d.held, account+key)
	return nil
}

// startIn opens the start page of a migration in a folder.
func startIn(t *testing.T, dir string, keychain Keychain) (*Deps, *step) {
	t.Helper()
	folder, err := checkpoint.Open(dir, checkpoint.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	deps := &Deps{Folder: folder, CRMs: registry.All(), Secrets: NewSecrets(nil), Keychain: keychain}
	deps.RecallSecrets()
	return deps, All(deps)[0].(*step)
}

func TestAKeyIsKeptInTheKeychainOnlyWhenAsked(t *testing.T) {
	keychain, dir := &drawer{held: map[string]string{}}, t.TempDir()
	deps, start := startIn(t, dir, keychain)
	answer := func(key, value string) {
		t.Helper()
		if err := start.Answer(deps.Folder.State(), key, value); err != nil {
			t.Fatal(err)
		}
	}
	answer("crm.provider", "activecampaign")
	answer("crm.key", "a-key-of-the-owner")
	if len(keychain.held) > 0 {
		t.Fatal("the key was kept without asking")
	}
	answer(keepInKeychain, "yes")
	if err := deps.Folder.Save(deps.Folder.State()); err != nil {
		t.Fatal(err)
	}
	deps.Folder.Close()

	again, start := startIn(t, dir, keychain)
	if got := again.Secrets.Get("crm.key"); got != "a-key-of-the-owner" {
		t.Errorf("after a restart the key is %q", got)
	}
	if err := start.Answer(again.Folder.State(), keepInKeychain, "no"); err != nil || len(keychain.held) > 0 {
		t.Errorf("after no, the keychain holds %d secrets (%v)", len(keychain.held), err)
	}
}

func TestAKeychainThatDoesNotTakeTheKeyIsSaid(t *testing.T) {
	deps, start := startIn(t, t.TempDir(), &drawer{stuck: true})
	state := deps.Folder.State()
	for key, value := range map[string]string{"crm.provider": "activecampaign"} {
		if err := start.Answer(state, key, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := start.Answer(state, "crm.key", "a-key-of-the-owner"); err != nil {
		t.Fatal(err)
	}
	if err := start.Answer(state, keepInKeychain, "yes"); err == nil {
		t.Error("nobody said that the keychain did not take the key")
	}
	if err := start.Answer(state, "crm.key", "another-key-of-the-owner"); err != nil || deps.Secrets.Get("crm.key") != "another-key-of-the-owner" {
		t.Errorf("after that no key can be given any more: %v", err)
	}
}
