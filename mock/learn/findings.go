package learn

// The states of a reading.
const (
	Confirmed = "confirmed"
	Refuted   = "refuted"
	Open      = "open"
)

// Findings are what recordings prove about a contract. Equal recordings and contracts give equal findings.
type Findings struct {
	// Contract is the id of the contract, Title its title, Version its own.
	Contract, Title, Version string
	// Exchanges counts what the recordings have, Judged what could be held to the contract.
	Exchanges, Judged int
	// Clauses are the unclear ones, in the order of the contract.
	Clauses []Clause
	// Beyond is what was heard and is not in the contract.
	Beyond []Beyond
	// Actions are what the overlay of [Findings.Overlay] would change, in its order.
	Actions []Action
	// Notes are sentences on what was left out.
	Notes []string
}

// Clause is an unclear clause of the contract.
type Clause struct {
	ID, Question, QuestionZh string
	// Default is the contract's own reading, any where it takes all.
	Default string
	// Reading is the one that is confirmed: a name, or any where no reading alone explains what the contract as it stands
	// does; "" where none is.
	Reading string
	// OthersUntried says that the vendor may take the other forms as well: none of them was refused.
	OthersUntried bool
	// Contradicted says that every reading is refuted, and the contract as it stands does not explain all either.
	Contradicted bool
	Readings     []Reading
}

// Reading is one way to read a clause.
type Reading struct {
	Name, Meaning, MeaningZh string
	// State is confirmed, refuted or open.
	State string
	// Against are the exchanges that refute it, the first few; Count has how many there are. For is one exchange that told a
	// confirmed reading from each other one.
	Against, For []Evidence
	Count        int
	// Decide says of an open reading which traffic would decide it, in English and in Chinese.
	Decide, DecideZh string
}

// Evidence points at the part of an exchange that proves something. It holds no value.
type Evidence struct {
	// Source is the name of the recording, Exchange the number in it.
	Source   string
	Exchange int
	// Operation is its operationId or its callback.
	Operation string
	// Side is request or reply, Pointer a JSON pointer into the body, or the name of a parameter; "" for the whole.
	Side, Pointer string
	// What says what it shows.
	What string
}

// Beyond is one kind of thing that the contract does not have.
type Beyond struct {
	Operation string
	// Side is request or reply.
	Side string
	// Kind is type, null, extra, missing, enum, format, bounds, code, status, media-type, header, seal or other.
	Kind string
	// Pointer is the place, items of arrays as *.
	Pointer       string
	Expected, Got string
	Count         int
	First         Evidence
	// Corrected says that the overlay has it.
	Corrected bool
}

// Action is one action of an OpenAPI Overlay.
type Action struct {
	// Target is a JSONPath, Description says why.
	Target, Description string
	Remove              bool
	// Update is merged; nil where Remove is set.
	Update any

	// group names what is to be applied together.
	group string
}
