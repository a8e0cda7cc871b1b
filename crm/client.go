package crm

import (
	"context"
	"errors"
	"fmt"
)

// Client is one CRM account as the rest of the program sees it: a driver, with checks on what goes in and what comes out. It is safe
// for simultaneous use.
type Client struct {
	provider Provider
	driver   Driver
	features Features
	settings Settings
	writes   *keyLock
	tags     tagList
	fields   fieldList
}

// Open makes a client. It does no I/O. It returns an *Error of kind Invalid, with a hint for people, when a setting cannot be right.
func Open(provider Provider, settings Settings) (*Client, error) {
	settings = settings.withDefaults()
	settings.Values = normalise(provider.Options, settings.Values)
	for _, option := range provider.Options {
		if option.Required && settings.Values[option.Key] == "" {
			return nil, &Error{Kind: KindInvalid, Code: provider.CodePrefix + CodeInput, Op: "connect", Hint: option.Label + " is missing"}
		}
	}
	driver, err := provider.New(settings)
	if err != nil {
		return nil, named(provider, "connect", err)
	}
	return &Client{
		provider: provider, driver: driver, features: driver.Features(), settings: settings, writes: newKeyLock(),
	}, nil
}

// Provider is which CRM this is.
func (c *Client) Provider() Provider { return c.provider }

// Features says what this CRM, with these credentials, can and cannot do.
func (c *Client) Features() Features { return c.features }

// Meter counts what this client sends and says what it waits for.
func (c *Client) Meter() *Meter { return c.settings.Meter }

// Quota is what has been used of the daily allowances, to be given to the next process as Settings.Quota.
func (c *Client) Quota() Quota { return c.settings.Meter.Quota() }

// ContactURL is the page of one contact in the CRM's own web interface, empty when it cannot be known.
func (c *Client) ContactURL(id ContactID) string { return c.driver.ContactURL(id) }

// Check answers: who am I, which account, what does the plan allow, how many contacts are there.
func (c *Client) Check(ctx context.Context) (Account, error) {
	const op = "check the key"
	if err := c.ready(ctx, op); err != nil {
		return Account{}, err
	}
	account, err := c.driver.Check(ctx)
	if err != nil {
		return Account{}, c.named(op, err)
	}
	if account.ID == "" {
		return Account{}, c.odd(op, "the answer does not say whose key this is")
	}
	return account, nil
}

// Automations lists what could start by itself. An error of kind Unsupported means that this CRM cannot tell.
func (c *Client) Automations(ctx context.Context) ([]Automation, error) {
	const op = "list the automations"
	if err := c.ready(ctx, op); err != nil {
		return nil, err
	}
	automations, err := c.driver.Automations(ctx)
	return automations, c.named(op, err)
}

// FirstMessage is the subject of what an automation sends first, empty where the CRM does not tell. Known says whether it tells at all.
func (c *Client) FirstMessage(ctx context.Context, automation Automation) (subject string, known bool, err error) {
	const op = "read what is sent first"
	previewer, can := c.driver.(Previewer)
	if !can {
		return "", false, nil
	}
	if err := c.ready(ctx, op); err != nil {
		return "", false, err
	}
	subject, err = previewer.FirstMessage(ctx, automation)
	return printable(subject), err == nil, c.named(op, err)
}

// Settle returns when everything queued so far is done in the CRM. Where nothing is queued it returns at once.
func (c *Client) Settle(ctx context.Context) (Settlement, error) {
	const op = "wait for the import to finish"
	if err := c.ready(ctx, op); err != nil {
		return Settlement{}, err
	}
	settler, can := c.driver.(Settler)
	if !can {
		return Settlement{}, nil
	}
	settlement, err := settler.Settle(ctx)
	return settlement, c.named(op, err)
}

// Merger is how contacts are merged, where the CRM can.
func (c *Client) Merger() (Merger, bool) {
	merger, can := c.driver.(Merger)
	return merger, can
}

// Forms lists the forms, where the CRM can.
func (c *Client) Forms() (Forms, bool) {
	forms, can := c.driver.(Forms)
	return forms, can
}

// Owners says whom contacts belong to, where the CRM tells.
func (c *Client) Owners() (Owners, bool) {
	owners, can := c.driver.(Owners)
	return owners, can
}

// Webhooks lists and makes webhooks, where the CRM can.
func (c *Client) Webhooks() (Webhooks, bool) {
	webhooks, can := c.driver.(Webhooks)
	return webhooks, can
}

// ready stops before anything is sent when nobody waits for it any more.
func (c *Client) ready(ctx context.Context, op string) error {
	if err := ctx.Err(); err != nil {
		return &Error{Kind: KindTemporary, Code: c.provider.CodePrefix + CodeStopped, Op: op, Err: err}
	}
	return nil
}

func (c *Client) named(op string, err error) error { return named(c.provider, op, err) }

// named sees to it that an error is an *Error that says what was being done.
func named(provider Provider, op string, err error) error {
	if err == nil {
		return nil
	}
	var trouble *Error
	if !errors.As(err, &trouble) {
		return &Error{Kind: KindTemporary, Code: provider.CodePrefix + CodeAnswer, Op: op, Err: err}
	}
	if trouble.Op == "" {
		trouble.Op = op
	}
	if trouble.Code == "" {
		trouble.Code = provider.CodePrefix + CodeAnswer
	}
	return err
}

// odd is an answer that does not fit the question. It says nothing about what is there, or about what was done.
func (c *Client) odd(op, format string, values ...any) *Error {
	return &Error{
		Kind: KindTemporary, Code: c.provider.CodePrefix + CodeAnswer, Op: op, Sent: true, Hint: printable(fmt.Sprintf(format, values...)),
	}
}

// refused is a question that cannot be asked: nothing was sent.
func (c *Client) refused(kind Kind, op, format string, values ...any) *Error {
	return &Error{Kind: kind, Code: c.provider.CodePrefix + CodeInput, Op: op, Hint: printable(fmt.Sprintf(format, values...))}
}
