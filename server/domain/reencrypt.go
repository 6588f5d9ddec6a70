package domain

// Resealing is how far sealing anew has come.
type Resealing struct {
	Column int
	After  string
	Done   bool
	Lost   int // values that no key opens
}
