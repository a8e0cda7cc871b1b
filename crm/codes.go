package crm

// The codes that Conn gives to trouble of its own, after the driver's prefix. An answer that the vendor itself refuses is called
// by its status instead: AC-403.
const (
	// CodeAddress: the address cannot be used at all, so nothing was sent.
	CodeAddress = "-URL"
	// CodeNetwork: no answer came: no such host, no connection, a certificate that does not fit, a connection that broke.
	CodeNetwork = "-NET"
	// CodeLate: no answer came in time.
	CodeLate = "-LATE"
	// CodeStopped: we ourselves stopped waiting, because the person or the program asked for it.
	CodeStopped = "-STOP"
	// CodeRedirect: the address sends on to another one, to which credentials must not go.
	CodeRedirect = "-MOVED"
	// CodeCut: the answer breaks off.
	CodeCut = "-CUT"
	// CodeEmpty: the answer is empty where there should be one.
	CodeEmpty = "-EMPTY"
	// CodeHTML: the answer is a web page.
	CodeHTML = "-HTML"
	// CodeJSON: the answer is not what this CRM answers.
	CodeJSON = "-JSON"
	// CodeBig: the answer is larger than any that this CRM gives.
	CodeBig = "-BIG"
	// CodeQuota: a daily allowance is used up.
	CodeQuota = "-DAY"
	// CodeInput: what was to be sent cannot be sent, so nothing was.
	CodeInput = "-INPUT"
	// CodeAnswer: the driver's answer does not fit the question (another number of outcomes, another tag, a page that repeats).
	CodeAnswer = "-ODD"
)
