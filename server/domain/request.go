package domain

// Request is what is known of a request with a key.
type Request struct {
	Token     string // of whoever may go on with it; "" = nobody may now
	MessageID string // what an earlier try stored, with Token; "" = nothing
	Conflict  bool   // the key came with something else before
	Status    int    // HTTP status of its answer; 0 = it is under way
	Answer    []byte
}
