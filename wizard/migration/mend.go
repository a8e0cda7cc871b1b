package migration

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// Mend sends again whom the last proof found missing, or without some of their tags. Whether it helped, the next proof says.
func Mend(ctx context.Context, deps Deps, report job.Reporter) error {
	members, err := gapMembers(deps.Folder)
	if err != nil || len(members) == 0 {
		return err
	}
	_, err = Import(ctx, deps, ImportInput{Again: members, AcceptNoRoom: true}, report)
	return err
}

// gapMembers reads who has gaps from gaps.csv.
func gapMembers(folder *checkpoint.Folder) ([]int64, error) {
	file, err := folder.OpenFile(GapsFile)
	if err != nil {
		return nil, doing("read "+GapsFile, err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	var members []int64
	for heading := true; ; heading = false {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return members, nil
		}
		if err != nil {
			return nil, doing("read "+GapsFile, err)
		}
		if heading {
			continue
		}
		id, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			return nil, doing("read "+GapsFile, err)
		}
		members = append(members, id)
	}
}
