-- Who acts for an organization: asked at each screening, and with each request of whoever registered an affiliate.
-- +goose Up
CREATE INDEX grants_organization ON grants (organization_id) WHERE organization_id IS NOT NULL;
