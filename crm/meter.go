package crm

// Meter counts what is sent and says what is being waited for. The zero Meter is ready to use; it is safe for simultaneous use.
type Meter struct{}
