package command

import "github.com/zalando/go-keyring"

// keychain is the keychain of the operating system: Keychain on macOS, Credential Manager on Windows, the Secret Service elsewhere.
type keychain struct{}

// keychainService is the name under which everything of ours is found there.
const keychainService = "allyswitch"

func (keychain) Get(account, key string) (string, error) {
	return keyring.Get(keychainService, account+" "+key)
}

func (keychain) Set(account, key, value string) error {
	return keyring.Set(keychainService, account+" "+key, value)
}

func (keychain) Delete(account, key string) error {
	return keyring.Delete(keychainService, account+" "+key)
}
