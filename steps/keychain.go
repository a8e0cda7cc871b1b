package steps

import (
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// Keychain is the computer's own safe for secrets. Only what the owner asks for is put there.
type Keychain interface {
	Get(account, key string) (string, error)
	Set(account, key, value string) error
	Delete(account, key string) error
}

const keepInKeychain = "crm.keep"

// keepQuestion offers the keychain. It is no by default: who does not ask for it has the key in memory only.
func (s *step) keepQuestion(state *checkpoint.State) []wizard.Item {
	if s.deps.Keychain == nil {
		return nil
	}
	return []wizard.Item{s.ask(state, wizard.Question{Key: keepInKeychain, Label: "Keep the key in this computer's keychain? (optional)", Default: "no",
		Help:    "Then it is not asked for again after a restart. It is never written to a file. No takes it out again.",
		Choices: []wizard.Choice{{Value: "no", Label: "No, ask me each time"}, {Value: "yes", Label: "Yes, in the keychain"}}})}
}

// keepSecrets puts the secrets of the chosen CRM into the keychain, or takes them out.
func (d *Deps) keepSecrets(state *checkpoint.State) error {
	provider, ok := d.provider(state)
	if d.Keychain == nil || !ok {
		return nil
	}
	keep := state.Answer(Start, keepInKeychain) == "yes"
	for _, option := range provider.Options {
		value := d.Secrets.Get(option.Key)
		if !option.Secret || value == "" {
			continue
		}
		if !keep {
			// What is not there needs not be taken out.
			_ = d.Keychain.Delete(d.Folder.Dir(), option.Key)
			continue
		}
		if err := d.Keychain.Set(d.Folder.Dir(), option.Key, value); err != nil {
			return fmt.Errorf("the keychain of this computer did not take the key, so it stays in memory only and is asked for after a restart (%v)", err)
		}
	}
	return nil
}

// RecallSecrets takes from the keychain what the owner asked to keep there and the environment does not hold.
func (d *Deps) RecallSecrets() {
	state := d.Folder.State()
	provider, ok := d.provider(state)
	if d.Keychain == nil || !ok || state.Answer(Start, keepInKeychain) != "yes" {
		return
	}
	for _, option := range provider.Options {
		if !option.Secret || d.Secrets.Get(option.Key) != "" {
			continue
		}
		if value, err := d.Keychain.Get(d.Folder.Dir(), option.Key); err == nil {
			d.Secrets.Set(option.Key, value)
		}
	}
}
