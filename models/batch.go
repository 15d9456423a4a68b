package models

import "tranche/workflow"

// batches are the rows of workflow.Batch.
var batches = newTable(workflow.NounBatch, "batches",
	func(r *workflow.Batch) *workflow.Record { return &r.Record },
	func(r *workflow.Batch) []column {
		return []column{
			{"number", &r.Number}, {"program_id", &r.Program}, {"prepared_by", &r.PreparedBy},
			{"effective", &r.Effective}, {"count", &r.Count}, {"total", &r.Total}, {"entry_hash", &r.EntryHash},
			{"members", &r.Members}, {"certified_by", &r.CertifiedBy}, {"second_by", &r.SecondBy},
			{"released_by", &r.ReleasedBy}, {"format", &r.Format}, {"file", &r.File}, {"register", &r.Register}, {"copies", &r.Copies},
			{"exported_at", &r.ExportedAt}, {"reference", &r.Reference}, {"note", &r.Note},
		}
	})
