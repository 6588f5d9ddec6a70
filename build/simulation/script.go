package simulation

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"

	"github.com/pkg/errors"
)

// Script is everything that is to happen in a world: with the same script a world goes
// the same way, as far as its database and the Go runtime do.
type Script struct {
	Seed   uint64  `json:"seed"`           // of the world and its faults
	Nodes  int     `json:"nodes"`          // plugin instances
	Lives  int     `json:"lives"`          // customers
	Faults bool    `json:"faults"`         // whether calls fail, hang, and kill their instance
	Hold   float64 `json:"hold,omitempty"` // how many of the calls that change something are held, from 0 to 1
	Acts   []Act   `json:"acts"`
}

// Act is one thing that somebody does. What exactly that is is decided when it is done, by
// how the world is then and by the act's own seed: acts can be left out without
// changing what the others choose.
type Act struct {
	Life  int    `json:"life"` // whose customer it is about, from 0; everybodys = nobody's
	Do    string `json:"do"`   // a key of repertoire
	Seed  uint64 `json:"seed"`
	Steps int    `json:"steps"` // how many steps the world goes before it
}

const (
	// livesOfWorld and actsOfLife are the usual size of a script.
	livesOfWorld = 12
	actsOfLife   = 24
	// rarely is one in how many chains of lives is followed by an act of the whole world's.
	rarely = 3
	// mendedWithin is after how many chains, at the most, a trouble of everybody's ends.
	mendedWithin = 6
)

// NewScript writes a script of some lives with at least so many acts each. The acts of focus, if there are any,
// take every other chain's place: they are what is looked for.
func NewScript(seed uint64, lives, acts int, faults bool, focus ...string) Script {
	r := newRand(seed)
	s := Script{Seed: seed, Nodes: 2 + r.IntN(2), Lives: lives, Faults: faults, Hold: pick(r, 0, 0.01, 0.03, 0.1)}
	left := make([]int, lives)
	var alive []int
	var mends []mend
	for life := range left {
		left[life] = acts
		alive = append(alive, life)
		s.add(r, life, 4, choose(r, beginnings).acts)
	}
	for len(alive) > 0 {
		at := r.IntN(len(alive))
		life := alive[at]
		chain := choose(r, chains)
		if len(focus) > 0 && r.IntN(2) == 0 {
			chain.acts = focus
		}
		s.add(r, life, 30, chain.acts)
		if left[life] -= len(chain.acts); left[life] <= 0 {
			alive = append(alive[:at], alive[at+1:]...)
		}
		if r.IntN(rarely) == 0 {
			trouble := choose(r, everybodysChains)
			s.add(r, everybodys, 30, trouble.acts)
			if trouble.mend != "" {
				mends = append(mends, mend{do: trouble.mend, after: 1 + r.IntN(mendedWithin)})
			}
		}
		mends = slices.DeleteFunc(mends, func(m mend) bool { return m.after < 0 })
		for i := range mends {
			if mends[i].after--; mends[i].after < 0 {
				s.add(r, everybodys, 30, []string{mends[i].do})
			}
		}
	}
	return s
}

// mend is the end of a trouble that concerns everybody, some chains later. What is broken for long keeps everything from
// happening that could go wrong.
type mend struct {
	do    string
	after int
}

// add appends the acts of a chain: up to so many steps before the first, and few between
// them, because what follows each other closely is what meets half-way.
func (s *Script) add(r *rand.Rand, life, before int, chain []string) {
	for i, do := range chain {
		steps := r.IntN(before + 1)
		if i > 0 {
			steps = pick(r, 0, 0, 1, 4, 8, 16, 30, 60, 120)
		}
		s.Acts = append(s.Acts, Act{Life: life, Do: do, Seed: r.Uint64(), Steps: steps})
	}
}

// chain is some acts that are done one after the other by or around one customer.
type chain struct {
	weight int
	acts   []string
	mend   string // the act that ends what they began, some chains later
}

func choose(r *rand.Rand, from []chain) chain {
	sum := 0
	for _, c := range from {
		sum += c.weight
	}
	n := r.IntN(sum)
	for _, c := range from {
		if n -= c.weight; n < 0 {
			return c
		}
	}
	return from[0]
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) } //nolint:gosec // it is to be repeated

// ReadScript reads a script that was kept.
func ReadScript(file string) (Script, error) {
	var s Script
	data, err := os.ReadFile(file) //nolint:gosec // the caller's own file
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	return s, errors.Wrap(err, "cannot read the script "+file)
}

// Keep writes the script to a file.
func (s Script) Keep(file string) error {
	data, err := json.MarshalIndent(s, "", " ")
	if err == nil {
		err = os.WriteFile(file, append(data, '\n'), 0o600)
	}
	return errors.Wrap(err, "cannot keep the script")
}
