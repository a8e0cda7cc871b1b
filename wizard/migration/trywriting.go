package migration

import (
	"context"

	"allyswitch/wizard/job"
)

// TryWriting makes the custom fields that the import fills, which shows that the key may write. That a key can be read with proves nothing. Each field is
// noted in the journal, and can be taken back. It returns how many fields there are now.
func TryWriting(ctx context.Context, deps Deps, report job.Reporter) (int, error) {
	if err := CheckAccount(ctx, deps); err != nil {
		return 0, err
	}
	_, err := ensureFields(ctx, deps, report)
	return len(OwnFields(deps.CRM.Features())), err
}
