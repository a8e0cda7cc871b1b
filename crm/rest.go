package crm

import (
	"context"
	"time"
)

// Rest waits while the CRM works by itself, by the CRM's own clock (a sandbox's may be faster than life), and says meanwhile
// why. It returns ctx's error when that ends first.
func (c *Conn) Rest(ctx context.Context, length time.Duration, reason string) error {
	c.pacer.sleep(ctx, Wait{Reason: reason, Until: time.Now().Add(c.pacer.scale(length))}, nil)
	return ctx.Err()
}
