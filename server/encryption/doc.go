// Package encryption keeps secrets unreadable where they are stored or leave our hands, and follows the EncryptionKey when it changes.
//
// Cipher is one key: AES-256-GCM, a keyed hash and the derivation of further keys. Keyring is the key in force and those before it.
// Encrypter is what the rest of the plugin uses: it finds the keyring in the database (waa_keys) and keeps it up to date on every node.
// Rotation encrypts anew what older keys encrypted, and EncryptToken what a client carries for us between two requests.
//
// The store encrypts tokens, documents and answers with it, service hashes documents, dialog encrypts its state, posting signs with keys
// derived here. The package itself calls the database alone.
package encryption
